using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Reading;

/// <summary>Reads ValueInfoProto and TypeProto.</summary>
internal sealed class TypeReader(OnnxReadOptions options)
{
    /// <summary>Name, type and texts of a value.</summary>
    public ValueDescription ReadValue(ReadOnlyMemory<byte> message, Place place)
    {
        var reader = new ProtoReader(message, place);
        var (name, type, docString) = ("", (ValueType?)null, "");
        List<KeyValuePair<string, string>>? metadata = null;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case ValueFields.Name: name = reader.Text(); break;
                case ValueFields.Type: type = Read(reader.Bytes(), place, 0); break;
                case ValueFields.DocString: docString = reader.Text(); break;
                case ValueFields.Metadata: EntryReader.AddTo(ref metadata, reader.Bytes(), place); break;
                default: reader.Skip(); break;
            }
        }

        return new ValueDescription(name, type, docString, metadata);
    }

    /// <summary>A type; null when it says nothing.</summary>
    public ValueType? Read(ReadOnlyMemory<byte> message, Place place, int depth)
    {
        var reader = new ProtoReader(message, place);
        if (depth > options.MaxDepth)
        {
            throw reader.Error($"types stand in each other deeper than {options.MaxDepth}");
        }

        ValueType? type = null;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case TypeFields.Tensor: type = Tensor(reader.Bytes(), place, (element, shape) => new TensorType(element, shape)); break;
                case TypeFields.Sparse: type = Tensor(reader.Bytes(), place, (element, shape) => new SparseTensorType(element, shape)); break;
                case TypeFields.Sequence: type = new SequenceType(Element(reader.Bytes(), place, depth)); break;
                case TypeFields.Optional: type = new OptionalType(Element(reader.Bytes(), place, depth)); break;
                case TypeFields.Map: type = Map(reader.Bytes(), place, depth); break;
                case TypeFields.Opaque: type = Opaque(reader.Bytes(), place); break;
                default: reader.Skip(); break;
            }
        }

        return type;
    }

    private ValueType Tensor(ReadOnlyMemory<byte> message, Place place, Func<DataType, Shape, ValueType> create)
    {
        var reader = new ProtoReader(message, place);
        var (element, shape) = (DataType.Undefined, Shape.Unknown);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case TypeFields.ElementType: element = ElementType(reader.Int32(), ref reader); break;
                case TypeFields.Shape: shape = ReadShape(reader.Bytes(), place); break;
                default: reader.Skip(); break;
            }
        }

        return create(element, shape);
    }

    private static DataType ElementType(int number, ref ProtoReader reader) =>
        number is >= 0 and < 256 && Enum.IsDefined((DataType)number) ? (DataType)number
            : throw reader.Error($"element type {number} is unknown; expected a TensorProto.DataType");

    private Shape ReadShape(ReadOnlyMemory<byte> message, Place place)
    {
        var reader = new ProtoReader(message, place);
        var extents = ImmutableArray.CreateBuilder<Dimension>();
        while (reader.Next())
        {
            if (reader.Field == TypeFields.Dimension)
            {
                if (extents.Count == options.MaxRank)
                {
                    throw reader.Error($"a shape of more than {options.MaxRank} extents");
                }

                extents.Add(ReadDimension(reader.Bytes(), place));
            }
            else
            {
                reader.Skip();
            }
        }

        return new Shape(extents.ToImmutable());
    }

    /// <summary>A number, a name, or nothing. Negative numbers are how some tools write "unknown".</summary>
    private static Dimension ReadDimension(ReadOnlyMemory<byte> message, Place place)
    {
        var reader = new ProtoReader(message, place);
        var dimension = Dimension.Unknown;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case TypeFields.DimensionValue: dimension = reader.Int64() is var value and >= 0 and < long.MaxValue ? Dimension.Of(value) : Dimension.Unknown; break;
                case TypeFields.DimensionName: dimension = Dimension.Named(reader.Text()); break;
                default: reader.Skip(); break;
            }
        }

        return dimension;
    }

    private ValueType? Element(ReadOnlyMemory<byte> message, Place place, int depth)
    {
        var reader = new ProtoReader(message, place);
        ValueType? element = null;
        while (reader.Next())
        {
            if (reader.Field == TypeFields.ElementType)
            {
                element = Read(reader.Bytes(), place, depth + 1);
            }
            else
            {
                reader.Skip();
            }
        }

        return element;
    }

    private MapType Map(ReadOnlyMemory<byte> message, Place place, int depth)
    {
        var reader = new ProtoReader(message, place);
        var (key, value) = (DataType.Undefined, (ValueType?)null);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case TypeFields.MapKey: key = ElementType(reader.Int32(), ref reader); break;
                case TypeFields.MapValue: value = Read(reader.Bytes(), place, depth + 1); break;
                default: reader.Skip(); break;
            }
        }

        return new MapType(key, value);
    }

    private static OpaqueType Opaque(ReadOnlyMemory<byte> message, Place place)
    {
        var reader = new ProtoReader(message, place);
        var (domain, name) = ("", "");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case TypeFields.OpaqueDomain: domain = reader.Text(); break;
                case TypeFields.OpaqueName: name = reader.Text(); break;
                default: reader.Skip(); break;
            }
        }

        return new OpaqueType(domain, name);
    }
}
