using EdgeAI.Compiler;
using EdgeAI.Compiler.Partitioning;
using EdgeAI.Graph;
using EdgeAI.Scheduling;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>
/// Every shared model and network of the zoo under each board profile that has accelerators: our predicted and simulated time against
/// greedy-by-priority and each device alone.
/// </summary>
internal sealed class PlacementModels
{
    private readonly MarkdownTable _predicted = new(["model", "profile", "units", "ours µs", "gap", .. PriorityPlan.All.Select(plan => $"{plan.Name} µs"), "makespan µs", "gap", "per frame µs", "gap"]);
    private readonly MarkdownTable _simulated = new(["model", "profile", "predicted µs", "as compiled µs", "model's gap", "others tried", "simulated µs", .. PriorityPlan.All.Select(plan => $"{plan.Name} µs"), "best of these over ours"]);
    private readonly List<double> _predictedGains = [];
    private readonly List<double> _simulatedGains = [];
    private int _predictedLosses;
    private int _simulatedLosses;

    public static string Run(string part)
    {
        var models = new PlacementModels();
        foreach (var model in Models(part))
        {
            foreach (var profile in BoardProfile.Names.Select(BoardProfile.ByName).Where(profile => profile.Npu is not null))
            {
                Console.Error.WriteLine($"{model.Name} {profile.Name}");
                models.TryAdd(model, profile);
            }
        }

        return models.Describe();
    }

    private string Describe() => $"""
        *greedy*: each unit goes to the first of NPU, DSP, CPU that takes it, as ONNX Runtime places; *CPU only*; *NPU first*, *DSP first*: that device, else
        the CPU. All in the best order of segments that we know. Raspberry Pi 5 has no accelerator: there all are the same.

        ### Predicted

        The cost model's times: the sum of units, copies and launches.
        Losses to any of the others: {_predictedLosses}. Median of greedy over ours: {Median(_predictedGains)}.

        {_predicted}

        ### Compiled and simulated

        *predicted*: the chosen plan by the cost model; *as compiled*: with the compiled segments' own cycles; *model's gap*: how far the sum over units is above that; *others tried*:
        how many other plans were compiled, and what the best of them saves. *simulated*, and the others likewise: the plan, executed once on the profile's simulated NPU and DSP, the sum
        over its steps of what each took on its device's clock; launches, copies and steps of the CPU, which nothing simulates, take what is predicted.
        Losses to any of the others: {_simulatedLosses} of {_simulatedGains.Count} where any plan uses an accelerator. Median of greedy over ours: {Median(_simulatedGains)}.

        {_simulated}
        """;

    private static string Median(List<double> gains) => $"{(gains.Count == 0 ? 1 : Stopwatches.Median(gains)):F2}";

    private static IEnumerable<RunnableModel> Models(string part)
    {
        var shared = SharedData.IsHere ? BenchmarkModel.Names(part) : [];
        return shared.Select(RunnableModel.Shared).Concat(Zoo.All.Where(network => network.Name.Contains(part, StringComparison.OrdinalIgnoreCase)).Select(network => RunnableModel.Of($"zoo/{network.Name} int8", network.Int8Bytes)));
    }

    private void TryAdd(RunnableModel model, BoardProfile profile)
    {
        try
        {
            Add(model, profile);
        }
        catch (Exception error) when (error is ModelFormatException or PlacementFailedException or ArgumentException)
        {
            _predicted.Add([model.Name, profile.Name, "-", error.Message.Split('\n')[0].Replace('|', '/'), .. Enumerable.Repeat("", 9)]);
        }
    }

    private void Add(RunnableModel model, BoardProfile profile)
    {
        using var runtime = RunnableModel.CreateRuntime(profile);
        var options = runtime.CompilerOptions(new LoadOptions { Dimensions = model.Dimensions }) with { StopAfter = "place" };
        var state = new ModelCompiler(options).Compile(model.ReadBound(), model.Name);
        var problem = PlacementModel.Build(state).Problem;
        var others = PriorityPlan.All.Select(plan => plan.Predict(problem)).ToArray();
        Predict(model, profile, problem, others);
        Simulate(model, profile, state, PlacementSolver.Evaluate(problem, state.Placement!, PlacementObjective.AdditiveWithLaunches));
    }

    private void Predict(RunnableModel model, BoardProfile profile, PlacementProblem problem, double[] others)
    {
        var ours = PlacementSolver.Solve(problem);
        var span = PlacementSolver.Solve(problem, new() { Objective = PlacementObjective.Makespan }).Certificate;
        var stream = PlacementSolver.Solve(problem, new() { Objective = PlacementObjective.Throughput }).Certificate;
        _predictedLosses += IsLoss(ours.TotalCost, others) ? 1 : 0;
        _predictedGains.Add(others[0] / ours.TotalCost);
        _predicted.Add([
            model.Name, profile.Name, $"{problem.Items.Length}", Micro(ours.TotalCost), $"{ours.Certificate.Gap:P1}", .. others.Select(Micro),
            Micro(span.Value), $"{span.Gap:P1}", Micro(stream.Value), $"{stream.Gap:P1}"]);
    }

    private void Simulate(RunnableModel model, BoardProfile profile, Compilation state, double predicted)
    {
        var (ours, isSimulated) = model.Simulate(profile, null);
        var plans = PriorityPlan.All.Select(plan => model.Simulate(profile, plan.Prioritize)).ToArray();
        if (!isSimulated && !plans.Any(plan => plan.IsSimulated))
        {
            return;
        }

        var check = state.Check!;
        double[] others = [.. plans.Select(plan => plan.Seconds)];
        _simulatedLosses += IsLoss(ours, others) ? 1 : 0;
        _simulatedGains.Add(others[0] / ours);
        _simulated.Add([
            model.Name, profile.Name, Micro(predicted), Micro(check.Compiled), $"{check.ModelGap:P1}",
            check.Rounds > 0 ? $"{check.Rounds} ({1 - (check.Compiled / check.FirstCompiled):P1})" : "0", Micro(ours), .. others.Select(Micro), $"{others.Min() / ours:F3}"]);
    }

    /// <summary>Equal sums that were added in another order are no loss.</summary>
    private static bool IsLoss(double ours, double[] others) => ours > others.Min() * (1 + 1e-9);

    private static string Micro(double seconds) => $"{seconds * 1e6:F0}";
}
