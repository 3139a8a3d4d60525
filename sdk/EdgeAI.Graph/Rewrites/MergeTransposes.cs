using System.Collections.Immutable;

namespace EdgeAI.Graph.Rewrites;

/// <summary>Two Transposes become one, or none where they undo each other.</summary>
internal sealed class MergeTransposes : GraphRewrite
{
    public override string Name => "merge-transposes";

    protected internal override ImmutableArray<string> Operators => ["Transpose"];

    protected internal override GraphPatch? Match(Model model, Node node) =>
        node.Is("Transpose") && Known.Permutation(node) is { } outer && node.Input(0)?.Producer is { } inner && inner.Is("Transpose")
        && ReferenceEquals(inner.Graph, node.Graph) && Known.Permutation(inner) is { } first && first.Length == outer.Length
            ? Merge(node, inner.Inputs[0]!, [.. outer.Select(axis => first[axis])])
            : null;

    private GraphPatch Merge(Node node, Value source, int[] axes) =>
        axes.SequenceEqual(Enumerable.Range(0, axes.Length)) && Known.Bypass(Name, node, source) is { } bypass ? bypass
        : Known.Exchange(Name, node, "Transpose", [source], new(new NodeAttribute("perm", new AttributeValue.Ints([.. axes.Select(axis => (long)axis)]))));
}
