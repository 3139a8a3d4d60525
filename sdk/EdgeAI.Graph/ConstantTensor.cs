using System.Collections.Immutable;
using System.Runtime.InteropServices;
using EdgeAI.Hal;

namespace EdgeAI.Graph;

/// <summary>
/// A tensor whose elements are known before the run: a weight, an attribute, a folded result. Immutable. The bytes are
/// little-endian, dense, row-major, and may be a slice of a memory-mapped file.
/// </summary>
public sealed class ConstantTensor
{
    /// <summary>A tensor over bytes that somebody else keeps alive.</summary>
    /// <exception cref="ArgumentException">The byte count does not follow from type and shape.</exception>
    public ConstantTensor(DataType type, Shape shape, ReadOnlyMemory<byte> data)
    {
        var expected = type.ByteCount(shape.ElementCount);
        if (!type.IsFixedSize() || data.Length != expected)
        {
            throw new ArgumentException($"A constant {type}{shape} has {expected} bytes; found {data.Length}.", nameof(data));
        }

        (Type, Shape, Data, Strings) = (type, shape, data, []);
    }

    /// <summary>A tensor of UTF-8 texts, each as its bytes.</summary>
    /// <exception cref="ArgumentException">The count does not follow from the shape.</exception>
    public ConstantTensor(Shape shape, ImmutableArray<ReadOnlyMemory<byte>> strings)
    {
        if (strings.Length != shape.ElementCount)
        {
            throw new ArgumentException($"A constant String{shape} has {shape.ElementCount} elements; found {strings.Length}.", nameof(strings));
        }

        (Type, Shape, Strings) = (DataType.String, shape, strings);
    }

    /// <summary>Element type.</summary>
    public DataType Type { get; }

    /// <summary>Static shape.</summary>
    public Shape Shape { get; }

    /// <summary>The elements' bytes; empty for strings.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>The texts of a string tensor, else empty.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Strings { get; }

    /// <summary>The elements as <typeparamref name="T"/>.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the element type.</exception>
    public ReadOnlySpan<T> AsSpan<T>()
        where T : unmanaged =>
        DataTypes.Of<T>() == Type
            ? MemoryMarshal.Cast<byte, T>(Data.Span)
            : throw new InvalidOperationException($"A constant of {Type} cannot be read as {typeof(T).Name}.");

    /// <summary>A scalar or vector from elements, which are copied.</summary>
    public static ConstantTensor Of<T>(Shape shape, params ReadOnlySpan<T> elements)
        where T : unmanaged =>
        new(DataTypes.Of<T>(), shape, MemoryMarshal.AsBytes(elements).ToArray());

    /// <summary>The elements of an integer tensor of any width (and Boolean), widened.</summary>
    /// <exception cref="InvalidOperationException">The element type is not an integer of at least 8 bits, or a UInt64 passes 2^63 − 1.</exception>
    public long[] ToInt64() => Type switch
    {
        DataType.Int64 => AsSpan<long>().ToArray(),
        DataType.Int32 => Widen(AsSpan<int>()),
        DataType.Int16 => Widen(AsSpan<short>()),
        DataType.UInt16 => Widen(AsSpan<ushort>()),
        DataType.UInt32 => Widen(AsSpan<uint>()),
        DataType.UInt64 => Widen(AsSpan<ulong>()),
        DataType.Int8 => Widen(AsSpan<sbyte>()),
        DataType.UInt8 => Widen(AsSpan<byte>()),
        DataType.Boolean => Widen(MemoryMarshal.Cast<byte, byte>(Data.Span)),
        _ => throw new InvalidOperationException($"A constant of {Type} has no integers."),
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Type}{Shape}";

    private static long[] Widen<T>(ReadOnlySpan<T> source)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        var result = new long[source.Length];
        for (var i = 0; i < source.Length; i++)
        {
            result[i] = long.CreateChecked(source[i]);
        }

        return result;
    }
}
