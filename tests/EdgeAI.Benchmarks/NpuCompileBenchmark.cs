using System.Collections.Immutable;
using System.Globalization;
using EdgeAI.Compiler;
using EdgeAI.Compiler.Partitioning;
using EdgeAI.Compiler.Targets.Npu;
using EdgeAI.Compiler.Targets.Npu.Scheduler;
using EdgeAI.Graph;
using EdgeAI.Hal.Npu;
using EdgeAI.Onnx;

namespace EdgeAI.Benchmarks;

/// <summary>How long the NPU's compiler takes, and what its order of layers is worth where SRAM is short.</summary>
internal static class NpuCompileBenchmark
{
    private const int Rounds = 5;
    private static readonly NpuConfiguration[] Machines = [Edge(256), Edge(512), Edge(1024)];

    public static string Run(string part)
    {
        using var files = new ModelFiles();
        var (times, orders, medians) = (Table("first ms", "ms"), Table("cycles"), new List<double>());
        foreach (var (name, path) in files.All(part).Where(file => file.Name.Contains("int8", StringComparison.Ordinal)))
        {
            Console.Error.WriteLine(name);
            if (Segment(path) is { Units.Length: > 0 } segment)
            {
                times.Add([name, $"{segment.Units.Length}", .. Machines.SelectMany(machine => Compile(segment, machine, medians))]);
                orders.Add([name, $"{segment.Units.Length}", .. Machines.SelectMany(machine => Order(segment, machine))]);
            }
        }

        return $"""
            # The NPU's compiler

            Measured with `dotnet run -c Release --project tests/EdgeAI.Benchmarks -- npu-compile` on {Machine.Describe()} {Machine.Load()}
            All units of a network that edge-1k takes are compiled as one segment, with 256 KiB, 512 KiB and 1 MiB of SRAM.

            ## Time

            Processor time, that of the runtime's own threads included: the first compilation of each in this process, and the median of {Rounds} more.

            {times}

            Median {Number(Stopwatches.Median(medians))} ms, worst {Number(medians.Max())} ms. Goals: 60 ms and 1 s.

            ## Order of layers

            Predicted cycles in the graph's order and in the order chosen.

            {orders}

            """;
    }

    private static NpuConfiguration Edge(int kibibytes) => NpuConfiguration.Edge1k with { Name = $"edge-1k {kibibytes} KiB", SramBytes = kibibytes << 10 };

    private static MarkdownTable Table(params string[] columns) =>
        new(["network", "units", .. Machines.SelectMany(machine => columns.Select(column => $"{machine.SramBytes >> 10} KiB: {column}"))]);

    private static string[] Compile(GraphSegment segment, NpuConfiguration machine, List<double> medians)
    {
        var target = new NpuTarget(machine);
        var first = ProcessorMilliseconds(() => target.Compile(segment));
        medians.Add(Stopwatches.Median(Enumerable.Range(0, Rounds).Select(_ => ProcessorMilliseconds(() => target.Compile(segment)))));
        return [Number(first), Number(medians[^1])];
    }

    /// <summary>What this process takes of its processors, whatever else runs on them.</summary>
    private static double ProcessorMilliseconds(Action action)
    {
        var before = Environment.CpuUsage.TotalTime;
        action();
        return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
    }

    private static string[] Order(GraphSegment segment, NpuConfiguration machine)
    {
        try
        {
            var given = new OrderedScheduler(ProgramBuilder.Build(segment), machine).Run();
            var chosen = new SegmentScheduler(ProgramBuilder.Build(segment), machine).Run();
            var (before, after) = (given.Cycles, Timing.Predict(chosen.Commands, machine).TotalCycles);
            return [string.Create(CultureInfo.InvariantCulture, $"{before:N0} → {after:N0} ({100.0 * (after - before) / before:+0.0;-0.0;0.0} %)")];
        }
        catch (DoesNotFitException error)
        {
            return [error.Message];
        }
    }

    private static GraphSegment? Segment(string path)
    {
        var model = OnnxReader.Read(path);
        var one = model.Graph.Inputs.SelectMany(input => input.Shape.HasRank ? input.Shape.Dimensions : []).Where(extent => !extent.IsKnown)
            .Select(extent => extent.ToString()).Distinct().ToImmutableDictionary(extent => extent, _ => 1L);
        ShapeInference.Infer(model, one);
        GraphRewrites.Simplify(model);
        GraphRewrites.UniqueDequantize.Apply(model);
        ShapeInference.Infer(model, one);
        var (units, target) = (UnitGrouper.Group(model.Graph), new NpuTarget(Machines[0]));
        var segment = Segmenter.Build(0, model, [.. units.Where(unit => target.Check(unit) is null)], Segmenter.Readers(units), model.Graph.Outputs.ToHashSet());
        return segment.Inputs.Length + segment.Outputs.Length <= NpuImage.LargestBindingCount ? segment : null;
    }

    private static string Number(double value) => value.ToString(value < 10 ? "F2" : "F1", CultureInfo.InvariantCulture);
}
