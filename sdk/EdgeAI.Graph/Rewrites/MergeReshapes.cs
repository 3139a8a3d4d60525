using System.Collections.Immutable;

namespace EdgeAI.Graph.Rewrites;

/// <summary>A chain of Reshape, Flatten, Squeeze and Unsqueeze becomes one Reshape, or nothing where it comes back to the first shape.</summary>
internal sealed class MergeReshapes : GraphRewrite
{
    public override string Name => "merge-reshapes";

    protected internal override ImmutableArray<string> Operators => ["Reshape", "Flatten", "Squeeze", "Unsqueeze"];

    protected internal override GraphPatch? Match(Model model, Node node)
    {
        if (node.Domain.Length > 0 || node.Input(0)?.Producer is not { } inner || inner.Domain.Length > 0 || inner.OpType is not ("Reshape" or "Flatten" or "Squeeze" or "Unsqueeze")
            || !ReferenceEquals(inner.Graph, node.Graph) || inner.Input(0) is not { Shape.HasRank: true } source)
        {
            return null;
        }

        return Known.AreSame(source.Shape, node.Outputs[0]!.Shape) && Known.Bypass(Name, node, source) is { } bypass ? bypass : ReshapeTarget.Exchange(Name, node, source);
    }
}
