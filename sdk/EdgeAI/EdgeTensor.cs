using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;

namespace EdgeAI;

/// <summary>A tensor on the host: element type, shape and dense row-major elements.</summary>
public sealed class EdgeTensor
{
    private readonly byte[] _data;
    private readonly string[] _strings;

    private EdgeTensor(DataType type, Shape shape, byte[] data, string[] strings) => (Type, Shape, _data, _strings) = (type, shape, data, strings);

    /// <summary>Element type.</summary>
    public DataType Type { get; }

    /// <summary>Static shape.</summary>
    public Shape Shape { get; }

    /// <summary>The elements as little-endian bytes; empty for text.</summary>
    public ReadOnlySpan<byte> Bytes => _data;

    /// <summary>The elements of a text tensor, else empty.</summary>
    public IReadOnlyList<string> Strings => _strings;

    /// <summary>A sequence or map that stands in the place of a tensor; null for tensors.</summary>
    public OnnxValue? Structure { get; private init; }

    /// <summary>A tensor of these elements, which are copied.</summary>
    /// <exception cref="TensorMismatchException">The elements do not fill the shape.</exception>
    public static EdgeTensor Of<T>(ReadOnlySpan<T> elements, params ReadOnlySpan<long> shape)
        where T : unmanaged =>
        FromBytes(DataTypes.Of<T>(), new Shape(shape), MemoryMarshal.AsBytes(elements));

    /// <summary>A tensor of texts.</summary>
    /// <exception cref="TensorMismatchException">The texts do not fill the shape.</exception>
    public static EdgeTensor OfStrings(IReadOnlyList<string> texts, params ReadOnlySpan<long> shape)
    {
        var extents = new Shape(shape);
        return texts.Count == extents.ElementCount ? new EdgeTensor(DataType.String, extents, [], [.. texts])
            : throw new TensorMismatchException($"Shape {extents} has {extents.ElementCount} elements; found {texts.Count} texts.");
    }

    /// <summary>A tensor of raw little-endian bytes, which are copied.</summary>
    /// <exception cref="TensorMismatchException">The bytes do not fill the shape.</exception>
    public static EdgeTensor FromBytes(DataType type, Shape shape, ReadOnlySpan<byte> bytes)
    {
        var expected = type.IsFixedSize() ? type.ByteCount(shape.ElementCount) : -1;
        return bytes.Length == expected ? new EdgeTensor(type, shape, bytes.ToArray(), [])
            : throw new TensorMismatchException($"A tensor {type}{shape} has {expected} bytes; found {bytes.Length}.");
    }

    /// <summary>The elements.</summary>
    /// <exception cref="TensorMismatchException"><typeparamref name="T"/> is not the element type.</exception>
    public ReadOnlySpan<T> AsSpan<T>()
        where T : unmanaged =>
        DataTypes.Of<T>() == Type ? MemoryMarshal.Cast<byte, T>(_data)
            : throw new TensorMismatchException($"The tensor holds {Type}; asked for {typeof(T).Name}.");

    /// <summary>The elements with their shape.</summary>
    /// <exception cref="TensorMismatchException"><typeparamref name="T"/> is not the element type.</exception>
    public ReadOnlyTensorSpan<T> AsTensorSpan<T>()
        where T : unmanaged =>
        new(AsSpan<T>(), [.. Shape.ToArray().Select(extent => checked((nint)extent))]);

    /// <summary>A sequence or map, for models that take one.</summary>
    public static EdgeTensor OfStructure(OnnxValue value) => new(DataType.Undefined, Shape.Unknown, [], []) { Structure = value };

    /// <summary>The same elements in the form in which the CPU device takes values of any sort.</summary>
    internal OnnxValue ToValue() =>
        Structure ?? (Type == DataType.String ? new OnnxValue.Texts(Shape, [.. Strings]) : new OnnxValue.Tensor(Type, Shape, [.. Bytes]));

    /// <summary>The same tensor for the graph's side; the bytes are not copied.</summary>
    internal ConstantTensor ToConstant() => new(Type, Shape, _data);

    /// <inheritdoc/>
    public override string ToString() => Structure is null ? $"{Type}{Shape}" : $"a {Structure.GetType().Name}";
}
