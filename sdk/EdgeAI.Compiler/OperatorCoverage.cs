using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Dsp;
using EdgeAI.Compiler.Targets.Npu;
using EdgeAI.Compiler.Targets.Npu.Lowering;
using EdgeAI.Graph;
using EdgeAI.Graph.Operators;
using EdgeAI.Hal.Dsp;
using EdgeAI.Hal.Npu;
using DspOperators = EdgeAI.Compiler.Targets.Dsp.OperatorTable;

namespace EdgeAI.Compiler;

/// <summary>An operator that EdgeAI knows, and the devices that have it.</summary>
/// <param name="Domain">Operator set: "ai.onnx", "com.microsoft", "ai.onnx.ml".</param>
/// <param name="Name">Operator.</param>
/// <param name="Since">Versions of the operator set that changed it, ascending.</param>
/// <param name="Devices">Ids of the devices that have it, "cpu" first; an accelerator's conditions may still refuse a unit, and ONNX Runtime an element type.</param>
public sealed record OperatorCoverage(string Domain, string Name, ImmutableArray<int> Since, ImmutableArray<string> Devices)
{
    /// <summary>More operands than any operator of a fixed number has.</summary>
    private const int OperandCount = 16;

    /// <summary>Every operator of the registry, by domain and name.</summary>
    public static IReadOnlyList<OperatorCoverage> All() =>
        [.. OperatorRegistry.All
            .Select(schema => new OperatorCoverage(schema.Domain.Length == 0 ? "ai.onnx" : schema.Domain, schema.Name, schema.Since, Find(schema.Domain, schema.Name)))
            .OrderBy(row => Array.IndexOf(Domains, row.Domain)).ThenBy(row => row.Name, StringComparer.Ordinal)];

    /// <summary>What each accelerator asks of a unit, in order; by device.</summary>
    public static IReadOnlyList<(string Device, IReadOnlyList<Constraint> Conditions)> Conditions { get; } =
        [("npu", NpuConstraints.For(NpuConfiguration.Edge1k)), ("dsp", DspConstraints.For(DspConfiguration.HubDsp))];

    /// <summary>
    /// Operators for which ONNX Runtime 1.30 has no kernel and no expansion on an x64 CPU: com.microsoft's are for other devices
    /// or have only a signature, ImageDecoder is for its extensions. A model with one is refused at loading.
    /// </summary>
    private static HashSet<(string Domain, string Name)> WithoutCpuKernel { get; } =
    [
        ("", "ImageDecoder"), ("com.microsoft", "BiasAdd"), ("com.microsoft", "BiasSoftmax"), ("com.microsoft", "FusedMatMulActivation"),
        ("com.microsoft", "GroupNorm"), ("com.microsoft", "IsAllFinite"), ("com.microsoft", "MulInteger"), ("com.microsoft", "NhwcFusedConv"),
        ("com.microsoft", "QLinearReduceMean"), ("com.microsoft", "ReduceSumInteger"), ("com.microsoft", "SkipGroupNorm"),
    ];

    private static string[] Domains { get; } = ["ai.onnx", "com.microsoft", "ai.onnx.ml"];

    private static ImmutableArray<string> Find(string domain, string name)
    {
        var node = Sample(domain, name);
        string?[] devices = [WithoutCpuKernel.Contains((domain, name)) ? null : "cpu", LoweringTable.Has(node) ? "npu" : null, DspOperators.Find(node) is not null ? "dsp" : null];
        return [.. devices.OfType<string>()];
    }

    /// <summary>A node of that operator, for tables that are asked by node.</summary>
    private static Node Sample(string domain, string name)
    {
        var graph = new ModelGraph("sample");
        var operands = Enumerable.Range(0, OperandCount).Select(i => graph.AddValue($"x{i}")).ToList();
        return graph.AddNode(name, operands, [graph.AddValue("y")], AttributeList.Empty, name, domain);
    }
}
