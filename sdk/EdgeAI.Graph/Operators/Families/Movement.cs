using EdgeAI.Graph.Inference;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Families;

/// <summary>Operators that move elements and compute nothing.</summary>
internal static class Movement
{
    /// <summary>The same elements in the same order under result 0's shape.</summary>
    public static IndexMap? Same(InferenceContext context) =>
        context.ResultShape(0) is { IsStatic: true } result && context.ShapeOf(0) is { IsStatic: true } data && result.ElementCount == data.ElementCount
            ? IndexMap.Same(result)
            : null;

    /// <summary>Element (i, j, …) of the result is element offset + i·stride₀ + j·stride₁ … of the operand.</summary>
    public static IndexMap? Strided(Shape result, ReadOnlySpan<long> strides, long offset = 0)
    {
        if (!result.IsStatic || result.ElementCount > IndexMap.MaximumCount)
        {
            return null;
        }

        var extents = result.ToArray();
        var sources = new long[result.ElementCount];
        var position = new long[extents.Length];
        for (var i = 0; i < sources.Length; i++)
        {
            sources[i] = offset;
            offset = Advance(position, extents, strides, offset);
        }

        return new([.. extents], sources);
    }

    /// <summary>The numbers that an operand or, in older versions, an attribute gives; null where they are not known.</summary>
    public static long[]? NumbersOf(InferenceContext context, int input, string attribute) =>
        context.Has(input) ? context.NumbersOf(input)
        : context.Ints(attribute) is { IsDefault: false } given ? [.. given]
        : null;

    /// <summary>What an operand or, in older versions, an attribute gives; null where nothing is known.</summary>
    public static IntegerTensor? IntegersOf(InferenceContext context, int input, string attribute) =>
        context.Has(input) ? context.IntegersOf(input)
        : context.Ints(attribute) is { IsDefault: false } given ? IntegerTensor.Vector([.. given.Select(SymbolicInteger.Of)])
        : null;

    /// <summary>The shape that a shape operand describes: its items, or so many unknown extents as it has elements.</summary>
    public static Shape ShapeFrom(InferenceContext context, int input)
    {
        if (context.IntegersOf(input) is { Rank: <= 1 } integers)
        {
            return integers.Items.FirstOrDefault(item => item is { IsKnown: true, Value: < 0 }) is { IsKnown: true } negative
                ? throw context.Error($"operand '{context.Node.Inputs[input]!.Name}' holds the extent {negative}; expected at least 0.")
                : new([.. integers.Items.Select(item => item.ToDimension())]);
        }

        return context.ShapeOf(input) is { HasRank: true, Rank: 1 } shape && shape[0] is { IsKnown: true, Value: <= 64 } rank
            ? Extents.OfRank((int)rank.Value)
            : Shape.Unknown;
    }

    private static long Advance(long[] position, long[] extents, ReadOnlySpan<long> strides, long offset)
    {
        for (var axis = extents.Length - 1; axis >= 0; axis--)
        {
            offset += strides[axis];
            if (++position[axis] < extents[axis])
            {
                break;
            }

            offset -= strides[axis] * extents[axis];
            position[axis] = 0;
        }

        return offset;
    }
}
