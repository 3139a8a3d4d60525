using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>The shape operand of a Reshape that leads from one known shape to another, also where extents have names.</summary>
internal static class ReshapeTarget
{
    /// <summary>
    /// Numbers; 0 for a name that stands at the same axis of the operand, or −1 for one extent. Not both: where the name stands for 0, any
    /// number fits the other, and the Reshape fails. Null where that does not suffice.
    /// </summary>
    public static long[]? Of(Shape source, Shape target)
    {
        if (!target.HasRank || target.Any(extent => extent is { IsKnown: true, Value: 0 }))
        {
            return null;
        }

        var result = new long[target.Rank];
        var (holes, kept) = (0, 0);
        for (var axis = 0; axis < result.Length; axis++)
        {
            var extent = target[axis];
            var isKept = extent.Symbol is not null && axis < source.Rank && source[axis] == extent;
            result[axis] = extent.IsKnown ? extent.Value : isKept ? 0 : -1;
            holes += result[axis] == -1 ? 1 : 0;
            kept += result[axis] == 0 ? 1 : 0;
        }

        return holes == 0 || (holes == 1 && kept == 0) ? result : null;
    }

    /// <summary>The patch that puts a Reshape from <paramref name="source"/> in a node's place; null where its shape cannot be written down.</summary>
    public static GraphPatch? Exchange(string name, Node node, Value source)
    {
        if (Of(source.Shape, node.Outputs[0]!.Shape) is not { } target)
        {
            return null;
        }

        var patch = new GraphPatch(name, node.Graph);
        var shape = patch.AddConstant($"{node.Outputs[0]!.Name}_shape", ConstantTensor.Of<long>(new Shape((long)target.Length), target));
        Known.Exchange(patch, node, "Reshape", [source, shape]);
        return patch;
    }
}
