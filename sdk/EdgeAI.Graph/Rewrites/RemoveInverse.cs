using System.Collections.Immutable;

namespace EdgeAI.Graph.Rewrites;

/// <summary>Takes a pair of nodes out that undo each other bit by bit: Not, Neg or BitwiseNot twice.</summary>
internal sealed class RemoveInverse : GraphRewrite
{
    public override string Name => "remove-inverse";

    protected internal override ImmutableArray<string> Operators => ["Not", "Neg", "BitwiseNot"];

    protected internal override GraphPatch? Match(Model model, Node node) =>
        node.Domain.Length == 0 && node.Input(0)?.Producer is { } inner && inner.Is(node.OpType) && ReferenceEquals(inner.Graph, node.Graph) && inner.Input(0) is { } source
            ? Known.Bypass(Name, node, source)
            : null;
}
