using System.Collections.Immutable;
using EdgeAI.Graph.Inference;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Families;

/// <summary>Operators that fold axes into one element: ReduceSum and its kin, ArgMax.</summary>
internal static class Reduction
{
    /// <summary>Axes from operand 1 or the attribute; all axes where none are given, unless noop_with_empty_axes says otherwise.</summary>
    public static void Infer(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        var keep = context.Int("keepdims") != 0;
        if (!shape.HasRank)
        {
            return;
        }

        if (Axes(context, shape.Rank) is { } axes)
        {
            context.Set(0, Reduce(shape, axes, keep));
        }
        else
        {
            context.Set(0, keep ? Extents.OfRank(shape.Rank) : Shape.Unknown);
        }
    }

    /// <summary>One axis by attribute (ArgMax, ArgMin).</summary>
    public static void InferIndex(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        if (shape.HasRank)
        {
            var axis = context.Axis(context.Int("axis"), shape.Rank);
            context.Set(0, DataType.Int64, Reduce(shape, [axis], context.Int("keepdims") != 0));
        }
        else
        {
            context.Set(0, DataType.Int64, Shape.Unknown);
        }
    }

    /// <summary>The shape without these axes, or with 1 in their places.</summary>
    public static Shape Reduce(Shape shape, ReadOnlySpan<int> axes, bool keep)
    {
        var result = ImmutableArray.CreateBuilder<Dimension>(shape.Rank);
        for (var i = 0; i < shape.Rank; i++)
        {
            if (!axes.Contains(i))
            {
                result.Add(shape[i]);
            }
            else if (keep)
            {
                result.Add(1);
            }
        }

        return new(result.ToImmutable());
    }

    private static int[]? Axes(InferenceContext context, int rank)
    {
        long[]? axes;
        if (context.Has(1))
        {
            axes = context.NumbersOf(1);
        }
        else
        {
            axes = context.Ints("axes") is { IsDefault: false } given ? [.. given] : [];
        }

        if (axes is null)
        {
            return null;
        }

        var isNoop = axes.Length == 0 && context.Attribute("noop_with_empty_axes") is AttributeValue.Int { Value: not 0 };
        return axes.Length > 0 || isNoop ? context.Axes(axes, rank) : [.. Enumerable.Range(0, rank)];
    }
}
