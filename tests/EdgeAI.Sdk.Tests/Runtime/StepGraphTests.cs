using EdgeAI.Runtime;
using EdgeAI.Runtime.Execution;

namespace EdgeAI.Sdk.Tests.Runtime;

/// <summary>Who waits for whom: by data, and by memory that is used again.</summary>
public sealed class StepGraphTests
{
    [Test]
    public void Of_AChain_WaitsForTheStepBefore()
    {
        var graph = StepGraph.Of(TestPlans.ThereAndBack());
        Assert.That(graph.Predecessors.Select(steps => steps.ToArray()), Is.EqualTo(new int[][] { [], [0], [1] }));
        Assert.That(graph.IsChain);
        Assert.That(graph.Lanes.Select(lane => graph.LaneNames[lane]), Is.EqualTo(new[] { "cpu↔npu", "npu", "cpu↔npu" }));
    }

    [Test]
    public void Of_MemoryUsedAgain_WaitsForTheReaderOfWhatIsOverwritten()
    {
        var plan = Fork().Build();
        var graph = StepGraph.Of(plan);
        Assert.That(graph.IsChain, Is.False);
        var reuse = plan with { Tensors = plan.Tensors.SetItem(5, plan.Tensors[5] with { Offset = plan.Tensors[1].Offset }) };
        Assert.That(graph.Predecessors[3], Is.EqualTo(new[] { 2 }), "the second program reads what the copy brought");
        Assert.That(StepGraph.Of(reuse).Predecessors[4], Does.Contain(1), "the copy back overwrites what step 1 still reads");
    }

    [Test]
    public void Of_RandomPlans_OrdersEveryConflict([Range(1, 30)] int seed)
    {
        var plan = MixPlan.Random(new Random(seed), 20).Build();
        var graph = StepGraph.Of(plan);
        var before = Closure(graph);
        for (var late = 0; late < plan.Steps.Length; late++)
        {
            for (var early = 0; early < late; early++)
            {
                Assert.That(!Conflict(plan, early, late) || before[late].Contains(early), $"seed {seed}: step {late} must wait for {early}");
            }
        }

        Assert.That(graph.Successors.Select((steps, step) => steps.All(next => graph.Predecessors[next].Contains(step))), Is.All.True);
    }

    /// <summary>x goes to two devices, both compute, both come back.</summary>
    internal static MixPlan Fork()
    {
        var plan = new MixPlan("cpu", "npu", "dsp");
        var x = plan.Input(64);
        var onNpu = plan.Run(1, [plan.Copy(x, 1)], 64);
        var onDsp = plan.Run(2, [plan.Copy(x, 2)], 64);
        plan.Output(plan.Copy(onNpu, 0));
        plan.Output(plan.Copy(onDsp, 0));
        return plan;
    }

    private static HashSet<int>[] Closure(StepGraph graph)
    {
        var closure = new HashSet<int>[graph.StepCount];
        for (var step = 0; step < closure.Length; step++)
        {
            closure[step] = [.. graph.Predecessors[step], .. graph.Predecessors[step].SelectMany(other => closure[other])];
        }

        return closure;
    }

    private static bool Conflict(Plan plan, int early, int late)
    {
        var ((earlyReads, earlyWrites), (lateReads, lateWrites)) = (Ranges(plan, early), Ranges(plan, late));
        return Meet(earlyWrites, lateReads) || Meet(earlyReads, lateWrites) || Meet(earlyWrites, lateWrites);
    }

    private static bool Meet(IEnumerable<PlanTensor> left, IEnumerable<PlanTensor> right) =>
        left.Any(a => right.Any(b => a.Device == b.Device && a.Offset < b.Offset + b.Spec.ByteCount && b.Offset < a.Offset + a.Spec.ByteCount));

    private static (List<PlanTensor> Reads, List<PlanTensor> Writes) Ranges(Plan plan, int step) => plan.Steps[step] switch
    {
        RunStep run => ([.. run.Inputs.Select(tensor => plan.Tensors[tensor])], [.. run.Outputs.Select(tensor => plan.Tensors[tensor])]),
        CopyStep copy => ([plan.Tensors[copy.From]], [plan.Tensors[copy.To]]),
        _ => ([], []),
    };
}
