using System.Collections.Immutable;
using EdgeAI.Compiler;
using EdgeAI.Compiler.Partitioning;
using EdgeAI.Compiler.Targets.Npu;
using EdgeAI.Graph;
using EdgeAI.Hal.Dsp;
using EdgeAI.Hal.Npu;
using EdgeAI.Onnx;
using EdgeAI.Scheduling;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>Every shared model and network of the zoo under each board profile: our predicted time against greedy-by-priority and each device alone.</summary>
internal static class PlacementModels
{
    public static string Run(string part)
    {
        var table = new MarkdownTable("model", "profile", "units", "ours µs", "gap", "as compiled µs", "model's gap", "placed again", "greedy µs", "CPU only µs", "NPU first µs", "DSP first µs", "makespan µs", "gap", "per frame µs", "gap");
        var (losses, gains) = (0, new List<double>());
        foreach (var (name, open) in Models(part))
        {
            foreach (var profile in BoardProfile.Names.Select(BoardProfile.ByName).Where(profile => profile.Npu is not null))
            {
                Console.Error.WriteLine($"{name} {profile.Name}");
                try
                {
                    Add(table, name, profile, open(), gains, ref losses);
                }
                catch (Exception error) when (error is ModelFormatException or PlacementFailedException or ArgumentException)
                {
                    table.Add([name, profile.Name, "-", error.Message.Split('\n')[0].Replace('|', '/'), .. Enumerable.Repeat("", 12)]);
                }
            }
        }

        return $"""
            Times are the cost model's (sum of items, copies and launches). *greedy*: each unit goes to the first of NPU, DSP, CPU that takes it, as ONNX Runtime
            places; *first*: likewise with that device and the CPU. All in the best order of segments that we know. *as compiled*: with the compiled segments' own cycles;
            *model's gap*: how far the sum over units is above that; *placed again*: rounds, and what they saved. Raspberry Pi 5 has no accelerator: there all are the same.

            Losses to greedy or a device: {losses}. Median of greedy over ours: {(gains.Count == 0 ? 1 : Stopwatches.Median(gains)):F2}.

            {table}
            """;
    }

    private static IEnumerable<(string Name, Func<Model> Open)> Models(string part)
    {
        var shared = SharedData.IsHere ? BenchmarkModel.Names(part) : [];
        return shared.Select(name => (name, (Func<Model>)(() => OnnxReader.Read(SharedData.Path("models", name)))))
            .Concat(Zoo.All.Where(network => network.Name.Contains(part, StringComparison.OrdinalIgnoreCase)).Select(network => ($"zoo/{network.Name} int8", (Func<Model>)(() => OnnxReader.Read(network.Int8Bytes)))));
    }

    private static void Add(MarkdownTable table, string name, BoardProfile profile, Model model, List<double> gains, ref int losses)
    {
        var dimensions = model.Graph.Inputs.SelectMany(input => input.Shape.HasRank ? input.Shape.Dimensions : []).Where(extent => !extent.IsKnown).Select(extent => extent.ToString()!).Distinct();
        var options = new CompilerOptions
        {
            Profile = profile,
            Accelerators = [new NpuTarget(NpuConfiguration.ByName(profile.Npu!)), new DspTarget(DspConfiguration.ByName(profile.Dsp!))],
            Symbols = dimensions.ToImmutableDictionary(dimension => dimension, _ => 1L),
            StopAfter = "place",
        };
        var state = new ModelCompiler(options).Compile(model, name);
        var problem = PlacementModel.Build(state).Problem;
        var ours = PlacementSolver.Evaluate(problem, state.Placement!, PlacementObjective.AdditiveWithLaunches);
        var fresh = PlacementSolver.Solve(problem);
        var (greedy, alone) = (Greedy(problem, [1, 2, 0]), Enumerable.Range(0, 3).Select(device => Greedy(problem, [device, 0])).ToArray());
        losses += fresh.TotalCost > Math.Min(greedy, alone.Min()) * (1 + 1e-9) ? 1 : 0;
        gains.Add(greedy / fresh.TotalCost);
        var span = PlacementSolver.Solve(problem, new() { Objective = PlacementObjective.Makespan }).Certificate;
        var stream = PlacementSolver.Solve(problem, new() { Objective = PlacementObjective.Throughput }).Certificate;
        table.Add(
            name, profile.Name, $"{state.Units.Length}", Micro(ours), $"{fresh.Certificate.Gap:P1}",
            state.Check is { } check ? Micro(check.Compiled) : "-", state.Check is { } gap ? $"{gap.ModelGap:P1}" : "-",
            state.Check is { Rounds: > 0 } again ? $"{again.Rounds} ({1 - (again.Compiled / again.FirstCompiled):P1})" : "0",
            Micro(greedy), Micro(alone[0]), Micro(alone[1]), Micro(alone[2]), Micro(span.Value), $"{span.Gap:P1}", Micro(stream.Value), $"{stream.Gap:P1}");
    }

    /// <summary>The first device of a list that takes an item, with launches in the solver's order of segments.</summary>
    private static double Greedy(PlacementProblem problem, int[] priority)
    {
        var only = new CostTable(problem.Items.Length, problem.Devices.Length, (item, device) =>
            device == Array.Find(priority, candidate => !problem.Costs[item, candidate].IsRefused) ? problem.Costs[item, device] : DeviceCost.Refused("not the first that takes it"));
        return PlacementSolver.Solve(problem with { Costs = only }).TotalCost;
    }

    private static string Micro(double seconds) => $"{seconds * 1e6:F0}";
}
