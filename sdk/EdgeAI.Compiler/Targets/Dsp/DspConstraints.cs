using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Dsp;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Compiler.Targets.Dsp;

/// <summary>What the vector processor asks of a unit, in the order in which it is asked.</summary>
internal static class DspConstraints
{
    /// <summary>Operators that ONNX Runtime computes in integers inside a DQ-op-Q group: float arithmetic would be off by one here and there.</summary>
    private static readonly HashSet<string> IntegerRules =
    [
        "Conv", "MatMul", "Gemm", "Add", "Mul", "Concat", "Where", "AveragePool", "GlobalAveragePool", "Sigmoid", "LeakyRelu", "Softmax",
    ];

    /// <summary>The list for a configuration.</summary>
    public static IReadOnlyList<Constraint> For(DspConfiguration configuration) =>
    [
        new("operator", "Every operator of the unit has a row in the DSP's table.", unit => First(unit, node =>
            OperatorTable.Find(node) is null ? $"there is no vector program for {node.OpType}" : null)),
        new("integer-rule", "A quantized group whose exact result is integer arithmetic stays off the DSP, which computes in float32.", unit =>
            unit.IsQuantized && IntegerRules.Contains(unit.Anchor.OpType)
                ? $"the quantized {unit.Anchor.OpType} has an exact integer rule, and float32 would be off by one here and there" : null),
        new("static-shape", "All tensors have known extents of at least 1.", unit => First(unit, node =>
            node.Inputs.Concat(node.Outputs).OfType<Value>().Select(WhyNotShape).FirstOrDefault(reason => reason is not null))),
        new("parameters", "Element types, attributes and constant inputs are those that the operator's program takes.", unit =>
            First(unit, node => OperatorTable.Find(node)!.WhyNot(node))),
        new("fits", "The program keeps the unit's rules: ranks, extents, and tiles that fit tightly coupled memory.", unit => WhyNotProgram(unit, configuration)),
    ];

    private static string? First(GraphUnit unit, Func<Node, string?> whyNot)
    {
        foreach (var node in unit.Nodes)
        {
            if (whyNot(node) is { } reason)
            {
                return unit.Nodes.Length > 1 ? $"{node}: {reason}" : reason;
            }
        }

        return null;
    }

    private static string? WhyNotShape(Value value) =>
        !value.Shape.IsStatic || !value.Element.IsFixedSize() ? $"'{value.Name}' is {value.Element}{value.Shape}; expected numbers for all extents"
        : value.Shape.Dimensions.Any(extent => extent.Value < 1) ? $"'{value.Name}' is {value.Shape} and has no elements"
        : null;

    private static string? WhyNotProgram(GraphUnit unit, DspConfiguration configuration)
    {
        var (_, image) = SegmentLowering.Lower(null, unit.Nodes, unit.Inputs, unit.Outputs, configuration);
        try
        {
            ProgramVerifier.Verify(image, configuration);
            return null;
        }
        catch (ExecutableFormatException error)
        {
            return error.Message;
        }
    }
}
