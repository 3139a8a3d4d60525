using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>
/// Operators that give each element the same bits in any layout, and what of them names axes. Functions that ONNX Runtime computes
/// by other instructions at the end of a tensor than inside it (Exp, Tanh …) are not among them.
/// </summary>
internal static class LayoutFree
{
    private static readonly HashSet<string> Unary = new(StringComparer.Ordinal)
    {
        "Relu", "Clip", "Abs", "Neg", "Floor", "Ceil", "Round", "Sign", "Sqrt", "Cast", "Not", "Identity", "LeakyRelu", "QuantizeLinear", "DequantizeLinear",
        "Pad",
    };

    private static readonly HashSet<string> Nary = new(StringComparer.Ordinal)
    {
        "Add", "Sub", "Mul", "Div", "And", "Or", "Xor", "Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual", "Where", "PRelu",
    };

    /// <summary>Number of leading operands that have the layout; what follows are parameters.</summary>
    public static int OperandCount(Node node) => Unary.Contains(node.OpType) ? 1 : node.Inputs.Count;

    public static IEnumerable<Value?> Operands(Node node) => node.Inputs.Take(OperandCount(node));

    /// <summary>True for a node of one result of that rank whose axes can be counted in another order.</summary>
    public static bool Takes(Model model, Node node, int rank)
    {
        if (node.Domain.Length > 0 || node.Outputs.Count != 1 || node.Outputs[0] is not { Shape: { HasRank: true } shape } || shape.Rank != rank
            || node.Input(0) is not { } first || (first.Shape.Rank != rank && OperandCount(node) == 1))
        {
            return false;
        }

        return node.OpType switch
        {
            "Concat" => node.Inputs.All(input => input?.Shape.Rank == rank),
            "QuantizeLinear" or "DequantizeLinear" => node.Attributes.Int("block_size", 0) == 0 && Known.Constant(model, node.Input(1)) is not null,
            "Clip" => node.Inputs.Skip(1).All(input => input is null || Known.Constant(model, input) is not null),
            "Pad" => node.Input(3) is null && Known.Numbers(model, node.Input(1)) is { } pads && pads.Length == 2 * rank,
            _ => Unary.Contains(node.OpType) || (Nary.Contains(node.OpType) && node.Inputs.All(input => input is { Shape.HasRank: true })),
        };
    }

    /// <summary>The attributes with each axis at its new place: <paramref name="placeOf"/>[old] = new.</summary>
    public static AttributeList Attributes(Node node, int rank, int[] placeOf)
    {
        var isPerAxis = node.OpType is "QuantizeLinear" or "DequantizeLinear" && node.Inputs[1]!.Constant!.Shape.ElementCount > 1;
        return (node.OpType == "Concat" || isPerAxis) && Known.Axis(node.Attributes.Int("axis", 1), rank) is { } axis
            ? node.Attributes.With("axis", new AttributeValue.Int(placeOf[axis]))
            : node.Attributes;
    }

    /// <summary>The operand at a place behind the leading ones: pads are counted by axis, everything else stays.</summary>
    public static Value? Parameter(GraphPatch patch, Model model, Node node, int index, int[] placeOf)
    {
        if (node.OpType != "Pad" || index != 1)
        {
            return node.Inputs[index];
        }

        var pads = Known.Numbers(model, node.Inputs[1])!;
        var moved = new long[pads.Length];
        for (var axis = 0; axis < placeOf.Length; axis++)
        {
            moved[placeOf[axis]] = pads[axis];
            moved[placeOf[axis] + placeOf.Length] = pads[axis + placeOf.Length];
        }

        return patch.AddConstant($"{node.Name}_pads", ConstantTensor.Of<long>(new Shape((long)moved.Length), moved));
    }
}
