using EdgeAI.Hal;

namespace EdgeAI.Graph;

/// <summary>What kind of thing a value is. Null in a graph means: not known yet.</summary>
public abstract record ValueType
{
    /// <summary>Extents that a tensor may have.</summary>
    internal const int MaximumRank = 64;

    /// <summary>Types that may stand in each other.</summary>
    internal const int MaximumDepth = 64;

    /// <summary>Types inside this one, one in the other.</summary>
    internal virtual int Depth => 0;

    private protected static int DepthAround(ValueType? element) => 1 + (element?.Depth ?? 0);
}

/// <summary>A dense tensor; the shape may be partly or wholly unknown.</summary>
public sealed record TensorType(DataType Element, Shape Shape) : ValueType
{
    /// <inheritdoc/>
    public override string ToString() => $"{Element}{Shape}";
}

/// <summary>A sparse tensor; carried, never computed on.</summary>
public sealed record SparseTensorType(DataType Element, Shape Shape) : ValueType;

/// <summary>A list of values of one type.</summary>
public sealed record SequenceType(ValueType? Element) : ValueType
{
    internal override int Depth { get; } = DepthAround(Element);
}

/// <summary>A value or nothing.</summary>
public sealed record OptionalType(ValueType? Element) : ValueType
{
    internal override int Depth { get; } = DepthAround(Element);
}

/// <summary>Keys (integers or text) to values.</summary>
public sealed record MapType(DataType Key, ValueType? Element) : ValueType
{
    internal override int Depth { get; } = DepthAround(Element);
}

/// <summary>A type that only its own domain understands; carried.</summary>
public sealed record OpaqueType(string Domain, string Name) : ValueType;
