using System.Buffers.Binary;
using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Reading;

/// <summary>Reads TensorProto and SparseTensorProto. What lies in the file as the elements are is sliced, the rest decoded.</summary>
internal sealed class TensorReader(OnnxReadOptions options, ExternalFiles files)
{
    private const int External = 1;

    private long _decodedBytes;

    /// <summary>A tensor and its name.</summary>
    public (string Name, ConstantTensor Tensor) Read(ReadOnlyMemory<byte> message, string place)
    {
        var fields = Collect(message, place);
        var name = fields.Name.Length > 0 ? $"tensor '{fields.Name}'" : place;
        if (!Enum.IsDefined((DataType)Math.Clamp(fields.Type, 0, 255)) || fields.Type is <= 0 or > 255)
        {
            throw new ModelFormatException($"{name}: element type {fields.Type} is unknown; expected a TensorProto.DataType.");
        }

        return (fields.Name, Build(fields, (DataType)fields.Type, ReadShape(fields.Extents, name), name));
    }

    /// <summary>A sparse tensor.</summary>
    public SparseConstant ReadSparse(ReadOnlyMemory<byte> message, string place)
    {
        var reader = new ProtoReader(message, place);
        (string Name, ConstantTensor? Tensor) values = ("", null);
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

        return values.Tensor is not null && indices is not null ? new SparseConstant(values.Name, values.Tensor, indices, [.. extents])
            : throw new ModelFormatException($"{place}: a sparse tensor without values or indices.");
    }

    private static Shape ReadShape(List<long> extents, string place)
    {
        try
        {
            var shape = new Shape([.. extents]);
            _ = shape.ElementCount;
            return shape;
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            throw new ModelFormatException($"{place}: extents [{string.Join(',', extents.Take(8))}] are no shape: negative or too large.");
        }
    }

    private static Fields Collect(ReadOnlyMemory<byte> message, string place)
    {
        var reader = new ProtoReader(message, place);
        var fields = new Fields();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case TensorFields.Dims: reader.Int64s(fields.Extents); break;
                case TensorFields.DataType: fields.Type = reader.Int32(); break;
                case TensorFields.FloatData: fields.Append(reader.Fixed(4)); break;
                case TensorFields.DoubleData: fields.Append(reader.Fixed(8)); break;
                case TensorFields.Int32Data or TensorFields.Int64Data or TensorFields.UInt64Data: reader.Int64s(fields.Integers); break;
                case TensorFields.StringData: fields.Strings.Add(reader.Bytes()); break;
                case TensorFields.Name: fields.Name = reader.Text(); break;
                case TensorFields.RawData: fields.Raw = reader.Bytes(); break;
                case TensorFields.ExternalData: fields.External.Add(EntryReader.Read(reader.Bytes(), place)); break;
                case TensorFields.DataLocation: fields.Location = reader.Int32(); break;
                default: reader.Skip(); break;
            }
        }

        return fields;
    }

    private ConstantTensor Build(Fields fields, DataType type, Shape shape, string place)
    {
        if (type == DataType.String)
        {
            return fields.Strings.Count == shape.ElementCount ? new ConstantTensor(shape, [.. fields.Strings])
                : throw new ModelFormatException($"{place}: {fields.Strings.Count} texts; expected {shape.ElementCount} for {type}{shape}.");
        }

        long expected;
        try
        {
            expected = type.ByteCount(shape.ElementCount);
        }
        catch (OverflowException)
        {
            throw new ModelFormatException($"{place}: {type}{shape} is larger than 2^63 bytes.");
        }

        var data = fields.Location == External ? ReadExternal(fields, expected, place)
            : fields.Raw ?? (fields.Packed.Length > 0 || expected == 0 ? fields.Packed : Decode(fields.Integers, type, expected, place));
        return data.Length == expected ? new ConstantTensor(type, shape, data)
            : throw new ModelFormatException($"{place}: {data.Length} bytes of data; expected {expected} for {type}{shape}.");
    }

    private ReadOnlyMemory<byte> ReadExternal(Fields fields, long expected, string place)
    {
        string Entry(string key, string fallback) => fields.External.Find(entry => entry.Key == key).Value ?? fallback;
        var location = Entry("location", "");
        if (!long.TryParse(Entry("offset", "0"), out var offset) || !long.TryParse(Entry("length", $"{expected}"), out var length) || length != expected)
        {
            throw new ModelFormatException($"{place}: external data at '{Entry("offset", "0")}' of length '{Entry("length", "")}'; expected numbers and {expected} bytes.");
        }

        return files.Open(location, offset, length, place);
    }

    /// <summary>Small integers stand one to a number, floats of 16 bits as their bits, two or four of 4 or 2 bits to a byte.</summary>
    private byte[] Decode(List<long> integers, DataType type, long expected, string place)
    {
        var width = Math.Max(1, type.BitCount() / 8);
        var count = expected / width;
        _decodedBytes += expected;
        if (integers.Count != count || _decodedBytes > options.MaxDecodedBytes)
        {
            throw new ModelFormatException($"{place}: {integers.Count} numbers; expected {count} for its shape, and at most {options.MaxDecodedBytes} bytes decoded in all.");
        }

        var data = new byte[expected];
        Span<byte> bytes = stackalloc byte[8];
        for (var i = 0; i < integers.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, integers[i]);
            bytes[..width].CopyTo(data.AsSpan(i * width));
        }

        return data;
    }

    private sealed class Fields
    {
        public string Name { get; set; } = "";

        public int Type { get; set; }

        public int Location { get; set; }

        public List<long> Extents { get; } = [];

        public List<long> Integers { get; } = [];

        public List<ReadOnlyMemory<byte>> Strings { get; } = [];

        public List<(string Key, string Value)> External { get; } = [];

        public ReadOnlyMemory<byte>? Raw { get; set; }

        public ReadOnlyMemory<byte> Packed { get; private set; }

        /// <summary>A packed list comes in one piece; lists that do not are put together.</summary>
        public void Append(ReadOnlyMemory<byte> part) => Packed = Packed.IsEmpty ? part : (byte[])[.. Packed.Span, .. part.Span];
    }
}
