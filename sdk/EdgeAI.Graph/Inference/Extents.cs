using System.Collections.Immutable;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Inference;

/// <summary>Arithmetic on extents and shapes that may be symbolic or unknown.</summary>
internal static class Extents
{
    /// <summary>An extent of a shape; unknown where the shape has none there.</summary>
    public static Dimension At(Shape shape, int axis) => shape.HasRank && axis < shape.Rank ? shape[axis] : Dimension.Unknown;

    /// <summary>A shape of that rank of which nothing else is known.</summary>
    public static Shape OfRank(int rank) => new(ImmutableArray.CreateRange(Enumerable.Repeat(Dimension.Unknown, rank)));

    /// <summary>The product; an expression where a factor is symbolic.</summary>
    /// <exception cref="OverflowException">The product of two numbers passes 2^63 − 1.</exception>
    public static Dimension Multiply(Dimension a, Dimension b) =>
        a.IsKnown && b.IsKnown ? checked(a.Value * b.Value) : (SymbolicInteger.Of(a) * SymbolicInteger.Of(b)).ToDimension();

    /// <summary>The sum; an expression where a part is symbolic.</summary>
    /// <exception cref="OverflowException">The sum of two numbers passes 2^63 − 1.</exception>
    public static Dimension Add(Dimension a, Dimension b) =>
        a.IsKnown && b.IsKnown ? checked(a.Value + b.Value) : (SymbolicInteger.Of(a) + SymbolicInteger.Of(b)).ToDimension();

    /// <summary>The quotient of an extent that the divisor divides; an expression where it is symbolic.</summary>
    public static Dimension Divide(Dimension extent, long divisor) => (SymbolicInteger.Of(extent) / SymbolicInteger.Of(divisor)).ToDimension();

    /// <summary>The extent times a factor, rounded down; an expression for a symbolic extent where the factor or its reciprocal is a whole number.</summary>
    public static Dimension Scale(Dimension extent, float factor) =>
        extent.IsKnown ? (long)(extent.Value * factor)
        : float.IsInteger(factor) && factor is >= 0 and < int.MaxValue ? Multiply(extent, (long)factor)
        : float.IsPow2(factor) && factor is > 1f / int.MaxValue and < 1 ? SymbolicInteger.Of(extent).FloorOver((long)(1 / factor)).ToDimension()
        : Dimension.Unknown;

    public static Dimension Product(IEnumerable<Dimension> extents) => extents.Aggregate((Dimension)1, Multiply);

    /// <summary>What both say together; null where they contradict each other.</summary>
    public static Dimension? Unify(Dimension a, Dimension b) =>
        a.IsKnown && b.IsKnown ? a.Value == b.Value ? a : null
        : a.IsKnown ? a
        : b.IsKnown ? b
        : a.Symbol is not null ? a : b;

    /// <summary>What both say together; null where they contradict each other.</summary>
    public static Shape? Unify(Shape a, Shape b)
    {
        if (!a.HasRank || !b.HasRank)
        {
            return a.HasRank ? a : b;
        }

        if (!a.IsCompatibleWith(b))
        {
            return null;
        }

        return new(a.Zip(b, (x, y) => Unify(x, y)!.Value).ToImmutableArray());
    }

    /// <summary>What holds of both: for a value that is the one or the other.</summary>
    public static Shape Either(Shape a, Shape b) =>
        !a.HasRank || !b.HasRank || a.Rank != b.Rank ? Shape.Unknown
        : new(a.Zip(b, (x, y) => x == y ? x : Dimension.Unknown).ToImmutableArray());

    /// <summary>NumPy's rule for two extents; null where they do not broadcast.</summary>
    public static Dimension? Broadcast(Dimension a, Dimension b) =>
        a == b ? a
        : a is { IsKnown: true, Value: 1 } ? b
        : b is { IsKnown: true, Value: 1 } ? a
        : a.IsKnown && b.IsKnown ? null
        : a.IsKnown ? a
        : b.IsKnown ? b
        : Dimension.Unknown;

    /// <summary>NumPy's rule for two shapes; null where they do not broadcast.</summary>
    public static Shape? Broadcast(Shape a, Shape b)
    {
        if (!a.HasRank || !b.HasRank)
        {
            return Shape.Unknown;
        }

        var result = new Dimension[Math.Max(a.Rank, b.Rank)];
        for (var i = 1; i <= result.Length; i++)
        {
            if (Broadcast(i <= a.Rank ? a[a.Rank - i] : 1, i <= b.Rank ? b[b.Rank - i] : 1) is not { } extent)
            {
                return null;
            }

            result[^i] = extent;
        }

        return new([.. result]);
    }

    /// <summary>The same shape with one extent replaced.</summary>
    public static Shape With(this Shape shape, int axis, Dimension extent) =>
        shape.HasRank ? new(shape.Dimensions.SetItem(axis, extent)) : shape;

    /// <summary>Strides with which a tensor is read as if it had the larger shape that it broadcasts to: 0 where it is repeated.</summary>
    public static long[] BroadcastStrides(Shape shape, Shape target)
    {
        var extents = shape.ToArray();
        var own = Strides(extents);
        var strides = new long[target.Rank];
        for (var i = 1; i <= extents.Length; i++)
        {
            strides[^i] = extents[^i] == 1 ? 0 : own[^i];
        }

        return strides;
    }

    /// <summary>Row-major strides, in elements.</summary>
    public static long[] Strides(ReadOnlySpan<long> extents)
    {
        var strides = new long[extents.Length];
        var step = 1L;
        for (var i = extents.Length - 1; i >= 0; i--)
        {
            strides[i] = step;
            step = checked(step * extents[i]);
        }

        return strides;
    }
}
