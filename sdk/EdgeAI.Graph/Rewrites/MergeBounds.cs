using System.Collections.Immutable;

namespace EdgeAI.Graph.Rewrites;

/// <summary>
/// Takes a Relu out behind a Relu, and a Clip behind a Clip of the same bounds. Relu and Clip together stay two: what becomes of −0
/// and NaN between them is a matter of the kernel.
/// </summary>
internal sealed class MergeBounds : GraphRewrite
{
    public override string Name => "merge-bounds";

    protected internal override ImmutableArray<string> Operators => ["Relu", "Clip"];

    protected internal override GraphPatch? Match(Model model, Node node) =>
        node.Domain.Length == 0 && node.Input(0)?.Producer is { } inner && inner.Is(node.OpType) && ReferenceEquals(inner.Graph, node.Graph)
        && HaveEqualBounds(model, node, inner)
            ? Known.Bypass(Name, node, node.Inputs[0]!)
            : null;

    private static bool HaveEqualBounds(Model model, Node a, Node b) =>
        AttributeComparer.Instance.Equals(a.Attributes, b.Attributes)
        && Enumerable.Range(1, 2).All(input => ReferenceEquals(a.Input(input), b.Input(input))
            || (Known.Constant(model, a.Input(input)) is { } left && Known.Constant(model, b.Input(input)) is { } right && Known.AreEqual(left, right)));
}
