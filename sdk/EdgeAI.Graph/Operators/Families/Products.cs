using System.Collections.Immutable;
using EdgeAI.Graph.Inference;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Families;

/// <summary>Matrix products by NumPy's rules.</summary>
internal static class Products
{
    /// <summary>Product of operands <paramref name="left"/> and <paramref name="right"/> into result 0.</summary>
    public static void MatMul(InferenceContext context, int left, int right) =>
        context.Set(0, MatMulShape(context, context.ShapeOf(left), context.ShapeOf(right)));

    /// <summary>Leading axes broadcast; a vector is a row on the left and a column on the right, and its axis vanishes.</summary>
    public static Shape MatMulShape(InferenceContext context, Shape a, Shape b)
    {
        if (!a.HasRank || !b.HasRank)
        {
            return Shape.Unknown;
        }

        if (a.Rank == 0 || b.Rank == 0)
        {
            throw context.Error($"operands have shapes {a} and {b}; expected ranks of at least 1.");
        }

        var (rows, columns) = (a.Rank == 1 ? null : (Dimension?)a[a.Rank - 2], b.Rank == 1 ? null : (Dimension?)b[b.Rank - 1]);
        var inner = Extents.Unify(a[a.Rank - 1], b[Math.Max(0, b.Rank - 2)]);
        var leading = Extents.Broadcast(Leading(a), Leading(b));
        if (inner is null || leading is null)
        {
            throw context.Error($"operands have shapes {a} and {b}; expected the last extent of the first to equal the last but one of the second, and leading extents that broadcast.");
        }

        var result = leading.Value.Dimensions;
        result = rows is { } row ? result.Add(row) : result;
        return new(columns is { } column ? result.Add(column) : result);
    }

    private static Shape Leading(Shape shape) => new(shape.Take(Math.Max(0, shape.Rank - 2)).ToImmutableArray());
}
