using System.Collections.Immutable;

namespace EdgeAI.Graph.Rewrites;

/// <summary>A Concat takes over the operands of a Concat along the same axis that only it reads, and drops operands without elements.</summary>
internal sealed class MergeConcats : GraphRewrite
{
    public override string Name => "merge-concats";

    protected internal override ImmutableArray<string> Operators => ["Concat"];

    protected internal override GraphPatch? Match(Model model, Node node)
    {
        if (!node.Is("Concat") || node.Output(0) is not { Shape: { HasRank: true } shape } || Known.Axis(node.Attributes.Int("axis", 0), shape.Rank) is not { } axis
            || node.Inputs.Any(input => input?.Shape is not { HasRank: true } other || other.Rank != shape.Rank))
        {
            return null;
        }

        var parts = node.Inputs.Where(input => input!.Shape[axis] is not { IsKnown: true, Value: 0 }).ToList();
        var inner = parts.Select(input => input!.Producer).FirstOrDefault(producer => producer is not null && IsInner(producer, node, axis));
        if (parts.Count == 0 || (parts.Count == node.Inputs.Count && inner is null))
        {
            return null;
        }

        var patch = new GraphPatch(Name, node.Graph);
        Known.Exchange(patch, node, "Concat", parts.SelectMany(input => inner is not null && ReferenceEquals(input!.Producer, inner) ? inner.Inputs : [input]), node.Attributes);
        if (inner is not null)
        {
            patch.Remove(inner);
        }

        return patch;
    }

    private static bool IsInner(Node inner, Node node, int axis) =>
        inner.Is("Concat") && ReferenceEquals(inner.Graph, node.Graph) && Known.HasOneReader(inner.Outputs[0]!)
        && Known.Axis(inner.Attributes.Int("axis", 0), inner.Outputs[0]!.Shape.Rank) == axis;
}
