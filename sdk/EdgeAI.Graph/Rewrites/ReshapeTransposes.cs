using System.Collections.Immutable;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>
/// A Transpose that moves only axes of extent 1 becomes a Reshape: no element moves. Not for what ONNX Runtime computes afterwards,
/// which takes a Transpose into the MatMul beside it, but not a Reshape, and then sums in another order.
/// </summary>
internal sealed class ReshapeTransposes : GraphRewrite
{
    public override string Name => "reshape-transposes";

    protected internal override ImmutableArray<string> Operators => ["Transpose"];

    protected internal override GraphPatch? Match(Model model, Node node) =>
        node.Is("Transpose") && Known.Permutation(node) is { } axes && node.Input(0) is { } input && MovesOnlyUnits(input.Shape, axes)
            ? ReshapeTarget.Exchange(Name, node, input)
            : null;

    private static bool MovesOnlyUnits(Shape shape, int[] axes)
    {
        if (!shape.HasRank || shape.Rank != axes.Length || axes.SequenceEqual(axes.Order()))
        {
            return false;
        }

        var moved = axes.Where(axis => shape[axis] is not { IsKnown: true, Value: 1 }).ToList();
        return moved.SequenceEqual(moved.Order());
    }
}
