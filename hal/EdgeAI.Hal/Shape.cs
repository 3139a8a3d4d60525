using System.Collections;
using System.Collections.Immutable;

namespace EdgeAI.Hal;

/// <summary>One extent of a tensor: a number, a name that stands for one number per run ("batch"), or unknown.</summary>
public readonly record struct Dimension
{
    private readonly long _valuePlusOne;

    private Dimension(long valuePlusOne, string? symbol) => (_valuePlusOne, Symbol) = (valuePlusOne, symbol);

    /// <summary>An extent that nothing is known about.</summary>
    public static Dimension Unknown => default;

    /// <summary>The name of a symbolic extent, else null.</summary>
    public string? Symbol { get; }

    /// <summary>True when the extent is a number.</summary>
    public bool IsKnown => _valuePlusOne > 0;

    /// <summary>The extent, or −1 where it is not a number.</summary>
    public long Value => _valuePlusOne - 1;

    /// <summary>A numeric extent.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The extent is negative.</exception>
    public static Dimension Of(long value) =>
        value is >= 0 and < long.MaxValue ? new(value + 1, null)
        : throw new ArgumentOutOfRangeException(nameof(value), value, "A tensor's extent is at least 0.");

    /// <summary>A named extent.</summary>
    public static Dimension Named(string symbol) => string.IsNullOrEmpty(symbol) ? Unknown : new(0, symbol);

    /// <inheritdoc cref="Of(long)"/>
    public static implicit operator Dimension(long value) => Of(value);

    /// <inheritdoc/>
    public override string ToString() => IsKnown ? Value.ToString() : Symbol ?? "?";
}

/// <summary>The extents of a tensor, outermost first; rank 0 is a scalar. May be of unknown rank. Immutable, compared by value.</summary>
public readonly struct Shape : IEquatable<Shape>, IReadOnlyList<Dimension>
{
    private readonly ImmutableArray<Dimension> _dimensions;

    /// <summary>A shape with these extents.</summary>
    public Shape(ImmutableArray<Dimension> dimensions) => _dimensions = dimensions;

    /// <summary>A shape with these extents.</summary>
    public Shape(params ReadOnlySpan<long> extents)
    {
        var builder = ImmutableArray.CreateBuilder<Dimension>(extents.Length);
        foreach (var extent in extents)
        {
            builder.Add(extent);
        }

        _dimensions = builder.MoveToImmutable();
    }

    /// <summary>A shape of which not even the rank is known (also <c>default</c>).</summary>
    public static Shape Unknown => default;

    /// <summary>The shape of a single element.</summary>
    public static Shape Scalar { get; } = new(ImmutableArray<Dimension>.Empty);

    /// <summary>False for <see cref="Unknown"/>.</summary>
    public bool HasRank => !_dimensions.IsDefault;

    /// <summary>Number of extents; 0 for scalars and unknown rank.</summary>
    public int Rank => _dimensions.IsDefault ? 0 : _dimensions.Length;

    /// <summary>True when every extent is a number.</summary>
    public bool IsStatic
    {
        get
        {
            if (!HasRank)
            {
                return false;
            }

            foreach (var dimension in _dimensions)
            {
                if (!dimension.IsKnown)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Product of the extents.</summary>
    /// <exception cref="InvalidOperationException">Some extent is not a number.</exception>
    /// <exception cref="OverflowException">The product passes 2^63 − 1.</exception>
    public long ElementCount
    {
        get
        {
            if (!IsStatic)
            {
                throw new InvalidOperationException($"Shape {this} has no element count: some extents are not numbers.");
            }

            var count = 1L;
            foreach (var dimension in _dimensions)
            {
                count = checked(count * dimension.Value);
            }

            return count;
        }
    }

    /// <inheritdoc/>
    public Dimension this[int index] => _dimensions[index];

    int IReadOnlyCollection<Dimension>.Count => Rank;

    /// <summary>The extents as an immutable array (empty for unknown rank).</summary>
    public ImmutableArray<Dimension> Dimensions => HasRank ? _dimensions : [];

    /// <summary>The extents as numbers.</summary>
    /// <exception cref="InvalidOperationException">Some extent is not a number.</exception>
    public long[] ToArray()
    {
        _ = ElementCount;
        return [.. Dimensions.Select(dimension => dimension.Value)];
    }

    /// <summary>True when both could describe the same tensor: equal ranks, and no two different numbers at one place.</summary>
    public bool IsCompatibleWith(Shape other)
    {
        if (!HasRank || !other.HasRank)
        {
            return true;
        }

        if (Rank != other.Rank)
        {
            return false;
        }

        for (var i = 0; i < Rank; i++)
        {
            if (this[i].IsKnown && other[i].IsKnown && this[i].Value != other[i].Value)
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) =>
        HasRank == other.HasRank && Dimensions.AsSpan().SequenceEqual(other.Dimensions.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var dimension in Dimensions)
        {
            hash.Add(dimension);
        }

        return hash.ToHashCode();
    }

    /// <summary>"[1,3,224,224]", "[batch,10]", "[]" for a scalar, "?" for unknown rank.</summary>
    public override string ToString() => HasRank ? $"[{string.Join(',', Dimensions)}]" : "?";

    /// <summary>Value equality.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Value inequality.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <inheritdoc/>
    public IEnumerator<Dimension> GetEnumerator() => ((IEnumerable<Dimension>)Dimensions).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
