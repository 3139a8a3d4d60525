using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>Constants with their axes in another order.</summary>
internal static class ConstantLayout
{
    /// <summary>Larger constants are not copied.</summary>
    public const int MaximumBytes = 1 << 16;

    /// <summary>The constant transposed, after axes of extent 1 were put in front to give it that rank.</summary>
    public static ConstantTensor Transpose(ConstantTensor constant, int[] axes)
    {
        long[] extents = [.. Enumerable.Repeat(1L, axes.Length - constant.Shape.Rank), .. constant.Shape.ToArray()];
        var strides = Extents.Strides(extents);
        var result = new Shape([.. axes.Select(axis => extents[axis])]);
        return Movement.Strided(result, [.. axes.Select(axis => strides[axis])])!.Apply(constant)!;
    }
}
