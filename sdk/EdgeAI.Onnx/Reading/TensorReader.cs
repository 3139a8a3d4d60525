using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Reading;

/// <summary>A tensor with what its message says about it.</summary>
internal readonly record struct NamedTensor(string Name, ConstantTensor Tensor, string DocString, IReadOnlyList<KeyValuePair<string, string>> Metadata);

/// <summary>Reads TensorProto and SparseTensorProto. What lies in the file as the elements are is sliced, the rest decoded.</summary>
internal sealed class TensorReader(OnnxReadOptions options, ExternalFiles files)
{
    private long _decodedBytes;

    /// <summary>A tensor and its name.</summary>
    public NamedTensor Read(ReadOnlyMemory<byte> message, Place place)
    {
        var parts = TensorParts.Collect(message, place);
        place = parts.Name.Length > 0 ? new Place("tensor", parts.Name) : place;
        var type = parts.Type is > 0 and < 256 && Enum.IsDefined((DataType)parts.Type) ? (DataType)parts.Type
            : throw new ModelFormatException($"{place}: element type {parts.Type} is unknown; expected a TensorProto.DataType.");
        return new(parts.Name, Build(parts, type, ReadShape(parts.Extents, place), place), parts.DocString, parts.Metadata);
    }

    /// <summary>A sparse tensor.</summary>
    public SparseConstant ReadSparse(ReadOnlyMemory<byte> message, Place place)
    {
        var reader = new ProtoReader(message, place);
        NamedTensor? values = null;
        ConstantTensor? indices = null;
        var extents = new List<long>();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case SparseFields.Values: values = Read(reader.Bytes(), place); break;
                case SparseFields.Indices: indices = Read(reader.Bytes(), place).Tensor; break;
                case SparseFields.Dims: reader.Int64s(extents); break;
                default: reader.Skip(); break;
            }
        }

        ReadShape(extents, place);
        return values is { } some && indices is not null ? new SparseConstant(some.Name, some.Tensor, indices, [.. extents])
            : throw new ModelFormatException($"{place}: a sparse tensor without values or indices.");
    }

    private Shape ReadShape(List<long> extents, Place place)
    {
        if (extents.Count > options.MaxRank)
        {
            throw new ModelFormatException($"{place}: rank {extents.Count}; expected at most {options.MaxRank}.");
        }

        try
        {
            var shape = new Shape(CollectionsMarshal.AsSpan(extents));
            _ = shape.ElementCount;
            return shape;
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            throw new ModelFormatException($"{place}: extents [{string.Join(',', extents.Take(8))}] are no shape: negative or too large.");
        }
    }

    private ConstantTensor Build(TensorParts parts, DataType type, Shape shape, Place place)
    {
        if (type == DataType.String)
        {
            return (parts.Strings?.Count ?? 0) == shape.ElementCount ? new ConstantTensor(shape, [.. parts.Strings ?? []])
                : throw new ModelFormatException($"{place}: {parts.Strings?.Count ?? 0} texts; expected {shape.ElementCount} for {type}{shape}.");
        }

        var expected = ByteCount(type, shape, place);
        var data = parts.IsExternal ? ReadExternal(parts, expected, place) : parts.Raw ?? ReadList(parts, type, expected, place);
        return data.Length == expected ? new ConstantTensor(type, shape, data)
            : throw new ModelFormatException($"{place}: {data.Length} bytes of data; expected {expected} for {type}{shape}.");
    }

    private static long ByteCount(DataType type, Shape shape, Place place)
    {
        try
        {
            return type.ByteCount(shape.ElementCount);
        }
        catch (OverflowException)
        {
            throw new ModelFormatException($"{place}: {type}{shape} is larger than 2^63 bytes.");
        }
    }

    private ReadOnlyMemory<byte> ReadExternal(TensorParts parts, long expected, Place place)
    {
        var offset = Number(parts.External("offset") ?? "0", "offset", place);
        var length = parts.External("length") is { } text ? Number(text, "length", place) : expected;
        return length == expected ? files.Read(parts.External("location") ?? "", offset, length, parts.External("checksum"), place)
            : throw new ModelFormatException($"{place}: external data has {length} bytes; expected {expected} bytes.");
    }

    private static long Number(string text, string what, Place place) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : throw new ModelFormatException($"{place}: external data has the {what} '{text}'; expected a number.");

    private ReadOnlyMemory<byte> ReadList(TensorParts parts, DataType type, long expected, Place place)
    {
        parts.CheckList(type, place);
        return parts.HoldsFloats ? parts.Floats : Decode(parts.Integers, type, expected, place);
    }

    /// <summary>Small integers stand one to a number, floats of 16 bits as their bits, two or four of 4 or 2 bits to a byte.</summary>
    private byte[] Decode(ReadOnlySpan<long> integers, DataType type, long expected, Place place)
    {
        var width = Math.Max(1, type.BitCount() / 8);
        _decodedBytes += expected;
        if (integers.Length != expected / width || _decodedBytes > options.MaxDecodedBytes)
        {
            throw new ModelFormatException($"{place}: {integers.Length} numbers; expected {expected / width} for its shape, and at most {options.MaxDecodedBytes} bytes decoded in all.");
        }

        if (type is DataType.Int64 or DataType.UInt64)
        {
            return MemoryMarshal.AsBytes(integers).ToArray();
        }

        var data = new byte[expected];
        for (var i = 0; i < integers.Length; i++)
        {
            Store(Narrow(integers[i], type, width, place), data.AsSpan(i * width, width));
        }

        return data;
    }

    /// <summary>A number of the list as the element's bits: signed and unsigned readings of as many bits as an element has are both in use.</summary>
    private static int Narrow(long value, DataType type, int width, Place place)
    {
        var bits = width * 8;
        if (value < -(1L << (bits - 1)) || value >= 1L << bits)
        {
            throw new ModelFormatException($"{place}: element {value} does not fit {type}.");
        }

        return type == DataType.Boolean ? Math.Sign(value & 0xFF) : (int)value;
    }

    private static void Store(int value, Span<byte> bytes)
    {
        switch (bytes.Length)
        {
            case 1: bytes[0] = (byte)value; break;
            case 2: BinaryPrimitives.WriteInt16LittleEndian(bytes, (short)value); break;
            default: BinaryPrimitives.WriteInt32LittleEndian(bytes, value); break;
        }
    }
}
