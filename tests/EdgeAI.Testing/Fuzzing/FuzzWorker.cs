namespace EdgeAI.Testing.Fuzzing;

/// <summary>Runs a worker's share of a campaign in this process, which may die of it.</summary>
public static class FuzzWorker
{
    // What an application's own threads have; the main thread's stack is larger and would hide deep recursion.
    private const int StackBytes = 1 << 20;

    /// <summary>Time that making a finding smaller may take.</summary>
    internal static readonly TimeSpan MinimizingLimit = TimeSpan.FromSeconds(10);

    /// <summary>Runs until the share is done.</summary>
    public static void Run(FuzzPlan plan, int worker)
    {
        var thread = new Thread(() => RunShare(plan, worker), StackBytes);
        thread.Start();
        thread.Join();
    }

    private static void RunShare(FuzzPlan plan, int worker)
    {
        using var state = new FuzzState(plan.StatePath(worker), plan.Seed);
        var mutator = new Mutator(FuzzCorpus.Load(), plan.Seed);
        var findings = new FuzzFindings(plan.Folder);
        using var pipeline = new ModelPipeline(isDeep: plan.DeepEvery > 0);
        for (var share = plan.Share(worker); state.Position < share;)
        {
            var index = plan.Index(worker, state.Position);
            state.Current = index + 1;
            state.Position++;
            var mutant = mutator.Make(index);
            var outcome = pipeline.Run(mutant.Bytes, plan.IsDeep(index));
            state.Add(index, outcome, ModelPipeline.StageNumber(outcome.Stage));
            state.IsCounted = true;
            if (outcome.IsFinding)
            {
                findings.Add(plan.Seed, index, mutant, outcome, bytes => Minimize(pipeline, bytes, outcome, plan.IsDeep(index)));
            }

            state.Current = 0;
            state.IsCounted = false;
        }
    }

    private static ReadOnlyMemory<byte> Minimize(ModelPipeline pipeline, ReadOnlyMemory<byte> bytes, FuzzOutcome outcome, bool isDeep) =>
        new Minimizer(candidate => pipeline.Run(candidate, isDeep).Signature == outcome.Signature, MinimizingLimit).Minimize(bytes);
}
