using System.Collections.Immutable;

namespace EdgeAI.Graph.Rewrites;

/// <summary>
/// Takes arithmetic with a neutral constant out: x·1, x/1, x − 0, and x + 0 where the zero is negative (x + (+0) turns −0 into +0) or
/// an integer. Every x stays as it is, NaN and −0 too. Only constants of one element: those per channel belong to normalizations, which
/// ONNX Runtime would not recognize any more and compute in another order.
/// </summary>
internal sealed class RemoveNeutral : GraphRewrite
{
    public override string Name => "remove-neutral";

    protected internal override ImmutableArray<string> Operators => ["Add", "Sub", "Mul", "Div"];

    protected internal override GraphPatch? Match(Model model, Node node)
    {
        if (node.Domain.Length > 0 || node.Input(0) is not { } left || node.Input(1) is not { } right)
        {
            return null;
        }

        return Keeps(model, node, left, right) ? Known.Bypass(Name, node, left)
            : node.OpType is "Add" or "Mul" && Keeps(model, node, right, left) ? Known.Bypass(Name, node, right)
            : null;
    }

    private static bool Keeps(Model model, Node node, Value operand, Value neutral) =>
        Known.Constant(model, neutral) is { Shape.ElementCount: 1 } constant && IsNeutral(node.OpType, constant)
        && operand.Type == node.Outputs[0]!.Type && Known.AreSame(operand.Shape, node.Outputs[0]!.Shape);

    private static bool IsNeutral(string opType, ConstantTensor constant) => opType switch
    {
        "Mul" or "Div" => Known.IsAll(constant, 1),
        "Add" => Known.IsAll(constant, -0.0),
        _ => Known.IsAll(constant, 0.0),
    };
}
