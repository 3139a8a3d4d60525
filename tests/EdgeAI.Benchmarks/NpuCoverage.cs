using System.Collections.Immutable;
using EdgeAI.Compiler;
using EdgeAI.Compiler.Partitioning;
using EdgeAI.Compiler.Targets.Npu;
using EdgeAI.Graph;
using EdgeAI.Hal.Npu;
using EdgeAI.Onnx;

namespace EdgeAI.Benchmarks;

/// <summary>How many units of each quantized model the NPU takes, and what it says about the rest.</summary>
internal static class NpuCoverage
{
    public static string Run(string part)
    {
        var target = new NpuTarget(NpuConfiguration.Micro256);
        var table = new MarkdownTable("model", "units", "of them 8-bit groups", "taken", "refused");
        foreach (var (name, model) in BenchmarkModel.Names(part).Select(name => (name, OnnxReader.Read(BenchmarkModel.Of(name).Path))).Where(pair => pair.Item2.Graph.Nodes.Any(IsQuantized)))
        {
            var units = Units(model);
            var refusals = units.Select(unit => (unit, Refusal: target.Check(unit))).Where(pair => pair.Refusal is not null).ToList();
            var reasons = refusals.GroupBy(pair => $"{pair.unit.Anchor.OpType} ({pair.Refusal!.Constraint})").OrderByDescending(group => group.Count()).Select(group => $"{group.Count()} {group.Key}");
            table.Add([name, $"{units.Length}", $"{units.Count(unit => unit.IsQuantized)}", $"{units.Length - refusals.Count}", string.Join(", ", reasons)]);
        }

        return $"""
            # Quantized models on the NPU

            Made with `dotnet run -c Release --project tests/EdgeAI.Benchmarks -- npu-coverage`. A unit is a node or a whole DQ-op-Q group; *taken* are those that pass
            every constraint of the NPU (micro-256), whether placement then finds them cheaper there or not; *refused* counts the rest by operator and constraint.

            {table}

            """;
    }

    private static bool IsQuantized(Node node) =>
        node.OpType is "QuantizeLinear" or "DequantizeLinear" || node.OpType.StartsWith("QLinear", StringComparison.Ordinal) || node.OpType.EndsWith("Integer", StringComparison.Ordinal);

    private static ImmutableArray<GraphUnit> Units(Model model)
    {
        var dimensions = model.Graph.Inputs.SelectMany(input => input.Shape.HasRank ? input.Shape.Dimensions : []).Where(extent => !extent.IsKnown).Select(extent => extent.ToString()).Distinct();
        var one = dimensions.ToImmutableDictionary(dimension => dimension, _ => 1L);
        ShapeInference.Infer(model, one);
        GraphRewrites.Simplify(model);
        GraphRewrites.UniqueDequantize.Apply(model);
        ShapeInference.Infer(model, one);
        return UnitGrouper.Group(model.Graph);
    }
}
