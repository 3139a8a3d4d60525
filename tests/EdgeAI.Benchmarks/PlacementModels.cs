using EdgeAI.Compiler;
using EdgeAI.Compiler.Partitioning;
using EdgeAI.Graph;
using EdgeAI.Scheduling;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>
/// Every shared model and network of the zoo under each board profile: our predicted time against greedy-by-priority and each device alone, and
/// the simulated time of both plans.
/// </summary>
internal static class PlacementModels
{
    public static string Run(string part)
    {
        var table = new MarkdownTable("model", "profile", "units", "ours µs", "gap", "as compiled µs", "model's gap", "placed again", "simulated µs", "greedy µs", "greedy simulated µs", "CPU only µs", "NPU first µs", "DSP first µs", "makespan µs", "gap", "per frame µs", "gap");
        var (losses, gains, simulatedGains) = (0, new List<double>(), new List<double>());
        foreach (var model in Models(part))
        {
            foreach (var profile in BoardProfile.Names.Select(BoardProfile.ByName).Where(profile => profile.Npu is not null))
            {
                Console.Error.WriteLine($"{model.Name} {profile.Name}");
                try
                {
                    Add(table, model, profile, gains, simulatedGains, ref losses);
                }
                catch (Exception error) when (error is ModelFormatException or PlacementFailedException or ArgumentException)
                {
                    table.Add([model.Name, profile.Name, "-", error.Message.Split('\n')[0].Replace('|', '/'), .. Enumerable.Repeat("", 14)]);
                }
            }
        }

        return $"""
            Times are the cost model's (sum of items, copies and launches). *greedy*: each unit goes to the first of NPU, DSP, CPU that takes it, as ONNX Runtime
            places; *first*: likewise with that device and the CPU. All in the best order of segments that we know. *as compiled*: with the compiled segments' own cycles;
            *model's gap*: how far the sum over units is above that; *placed again*: rounds, and what they saved. Raspberry Pi 5 has no accelerator: there all are the same.
            *simulated*: the plan, executed once on the profile's simulated NPU and DSP, the sum over its steps of what each took on its device's clock; launches, copies and
            steps of the CPU, which nothing simulates, take what is predicted ("-": all is on the CPU). *greedy simulated*: the same for the greedy plan.

            Losses of the prediction to greedy or a device: {losses}. Median of greedy over ours, predicted: {Median(gains)}; simulated, where either plan
            uses an accelerator: {Median(simulatedGains)} ({simulatedGains.Count(gain => gain < 1 - 1e-9)} of {simulatedGains.Count} below 1).

            {table}
            """;
    }

    private static string Median(List<double> gains) => $"{(gains.Count == 0 ? 1 : Stopwatches.Median(gains)):F2}";

    private static IEnumerable<Candidate> Models(string part)
    {
        var shared = SharedData.IsHere ? BenchmarkModel.Names(part) : [];
        return shared.Select(Candidate.Shared).Concat(Zoo.All.Where(network => network.Name.Contains(part, StringComparison.OrdinalIgnoreCase)).Select(network => Candidate.Of($"zoo/{network.Name} int8", network.Int8Bytes)));
    }

    private static void Add(MarkdownTable table, Candidate model, BoardProfile profile, List<double> gains, List<double> simulatedGains, ref int losses)
    {
        using var runtime = Candidate.CreateRuntime(profile);
        var options = runtime.CompilerOptions(new LoadOptions { Dimensions = model.Dimensions }) with { StopAfter = "place" };
        var state = new ModelCompiler(options).Compile(model.ReadBound(), model.Name);
        var problem = PlacementModel.Build(state).Problem;
        var ours = PlacementSolver.Evaluate(problem, state.Placement!, PlacementObjective.AdditiveWithLaunches);
        var fresh = PlacementSolver.Solve(problem);
        var (greedy, alone) = (Greedy(problem, [1, 2, 0]), Enumerable.Range(0, 3).Select(device => Greedy(problem, [device, 0])).ToArray());
        losses += fresh.TotalCost > Math.Min(greedy, alone.Min()) * (1 + 1e-9) ? 1 : 0;
        gains.Add(greedy / fresh.TotalCost);
        var span = PlacementSolver.Solve(problem, new() { Objective = PlacementObjective.Makespan }).Certificate;
        var stream = PlacementSolver.Solve(problem, new() { Objective = PlacementObjective.Throughput }).Certificate;
        var (simulated, greedySimulated) = (model.Simulate(profile, null), model.Simulate(profile, Prioritize));
        if ((simulated ?? greedySimulated) is not null)
        {
            simulatedGains.Add((greedySimulated ?? greedy) / (simulated ?? ours));
        }

        table.Add(
            model.Name, profile.Name, $"{state.Units.Length}", Micro(ours), $"{fresh.Certificate.Gap:P1}",
            state.Check is { } check ? Micro(check.Compiled) : "-", state.Check is { } gap ? $"{gap.ModelGap:P1}" : "-",
            state.Check is { Rounds: > 0 } again ? $"{again.Rounds} ({1 - (again.Compiled / again.FirstCompiled):P1})" : "0",
            simulated is { } taken ? Micro(taken) : "-", Micro(greedy), greedySimulated is { } greedyTaken ? Micro(greedyTaken) : "-", Micro(alone[0]), Micro(alone[1]), Micro(alone[2]), Micro(span.Value), $"{span.Gap:P1}", Micro(stream.Value), $"{stream.Gap:P1}");
    }

    /// <summary>The first device of a list that takes an item, with launches in the solver's order of segments.</summary>
    private static double Greedy(PlacementProblem problem, int[] priority)
    {
        var only = new CostTable(problem.Items.Length, problem.Devices.Length, (item, device) =>
            device == Array.Find(priority, candidate => !problem.Costs[item, candidate].IsRefused) ? problem.Costs[item, device] : DeviceCost.Refused("not the first that takes it"));
        return PlacementSolver.Solve(problem with { Costs = only }).TotalCost;
    }

    /// <summary>Leaves each unit only the first device of the greedy list that takes it.</summary>
    private static void Prioritize(string stage, Compilation state)
    {
        for (var unit = 0; stage == "cost" && unit < state.Units.Length; unit++)
        {
            var first = Array.Find((int[])[1, 2, 0], target => state.Answers[unit, target].IsSupported);
            foreach (var other in Enumerable.Range(0, 3).Where(target => target != first && state.Answers[unit, target].IsSupported))
            {
                state.Answers[unit, other] = state.Answers[unit, other] with { Refusal = new Refusal("priority", "another device comes first") };
            }
        }
    }

    private static string Micro(double seconds) => $"{seconds * 1e6:F0}";
}
