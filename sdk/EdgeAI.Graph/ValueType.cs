using EdgeAI.Hal;

namespace EdgeAI.Graph;

/// <summary>What kind of thing a value is. Null in a graph means: not known yet.</summary>
public abstract record ValueType;

/// <summary>A dense tensor; the shape may be partly or wholly unknown.</summary>
public sealed record TensorType(DataType Element, Shape Shape) : ValueType
{
    /// <inheritdoc/>
    public override string ToString() => $"{Element}{Shape}";
}

/// <summary>A sparse tensor; carried, never computed on.</summary>
public sealed record SparseTensorType(DataType Element, Shape Shape) : ValueType;

/// <summary>A list of values of one type.</summary>
public sealed record SequenceType(ValueType? Element) : ValueType;

/// <summary>A value or nothing.</summary>
public sealed record OptionalType(ValueType? Element) : ValueType;

/// <summary>Keys (integers or text) to values.</summary>
public sealed record MapType(DataType Key, ValueType? Element) : ValueType;

/// <summary>A type that only its own domain understands; carried.</summary>
public sealed record OpaqueType(string Domain, string Name) : ValueType;
