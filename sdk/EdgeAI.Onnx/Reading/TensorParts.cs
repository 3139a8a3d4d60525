using System.Runtime.InteropServices;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Reading;

/// <summary>The parts of a TensorProto, with the elements as they lie in the file.</summary>
internal sealed class TensorParts
{
    private List<KeyValuePair<string, string>>? _metadata;
    private List<KeyValuePair<string, string>>? _external;
    private List<long>? _integers;
    private List<byte>? _gathered;
    private ReadOnlyMemory<byte> _packed;
    private int _elementField;

    public string Name { get; private set; } = "";

    public string DocString { get; private set; } = "";

    public int Type { get; private set; }

    public bool IsExternal { get; private set; }

    public List<long> Extents { get; } = [];

    public List<ReadOnlyMemory<byte>>? Strings { get; private set; }

    public ReadOnlyMemory<byte>? Raw { get; private set; }

    public IReadOnlyList<KeyValuePair<string, string>> Metadata => _metadata ?? [];

    public ReadOnlySpan<long> Integers => CollectionsMarshal.AsSpan(_integers);

    /// <summary>Floats of 32 or 64 bits: a slice when they were packed.</summary>
    public ReadOnlyMemory<byte> Floats => _gathered is null ? _packed : _gathered.ToArray();

    /// <summary>True when the elements stand in a list of 32- or 64-bit floats.</summary>
    public bool HoldsFloats => _elementField is TensorFields.FloatData or TensorFields.DoubleData;

    public static TensorParts Collect(ReadOnlyMemory<byte> message, Place place)
    {
        var reader = new ProtoReader(message, place);
        var parts = new TensorParts();
        while (reader.Next())
        {
            parts.Take(ref reader, place);
        }

        return parts;
    }

    /// <summary>The value of that key in external_data.</summary>
    public string? External(string key) => _external?.Find(entry => entry.Key == key).Value;

    /// <summary>Each element type has its own list; elements in another one would be read as what they are not.</summary>
    public void CheckList(DataType type, Place place)
    {
        var expected = type switch
        {
            DataType.Float32 or DataType.Complex64 => TensorFields.FloatData,
            DataType.Float64 or DataType.Complex128 => TensorFields.DoubleData,
            DataType.Int64 => TensorFields.Int64Data,
            DataType.UInt32 or DataType.UInt64 => TensorFields.UInt64Data,
            _ => TensorFields.Int32Data,
        };
        if (_elementField != 0 && _elementField != expected)
        {
            throw new ModelFormatException($"{place}: elements of type {type} stand in {ListName(_elementField)}; expected {ListName(expected)} or raw_data.");
        }
    }

    private static string ListName(int field) => field switch
    {
        TensorFields.FloatData => "float_data",
        TensorFields.DoubleData => "double_data",
        TensorFields.Int64Data => "int64_data",
        TensorFields.UInt64Data => "uint64_data",
        _ => "int32_data",
    };

    private void Take(ref ProtoReader reader, Place place)
    {
        switch (reader.Field)
        {
            case TensorFields.Dims: reader.Int64s(Extents); break;
            case TensorFields.DataType: Type = reader.Int32(); break;
            case TensorFields.FloatData: TakeFloats(ref reader, sizeof(float)); break;
            case TensorFields.DoubleData: TakeFloats(ref reader, sizeof(double)); break;
            case TensorFields.Int32Data or TensorFields.Int64Data or TensorFields.UInt64Data: TakeIntegers(ref reader); break;
            case TensorFields.StringData: (Strings ??= []).Add(reader.Bytes()); break;
            case TensorFields.Name: Name = reader.Text(); break;
            case TensorFields.DocString: DocString = reader.Text(); break;
            case TensorFields.RawData: Raw = reader.Bytes(); break;
            case TensorFields.ExternalData: EntryReader.AddTo(ref _external, reader.Bytes(), place); break;
            case TensorFields.DataLocation: IsExternal = Location(ref reader); break;
            case TensorFields.Metadata: EntryReader.AddTo(ref _metadata, reader.Bytes(), place); break;
            case TensorFields.Segment: throw reader.Error("the tensor is a segment of a larger one; expected whole tensors");
            default: reader.Skip(); break;
        }
    }

    private static bool Location(ref ProtoReader reader) => reader.Int32() switch
    {
        0 => false,
        1 => true,
        var other => throw reader.Error($"data_location is {other}; expected 0 (in the file) or 1 (external)"),
    };

    private void TakeIntegers(ref ProtoReader reader)
    {
        TakeElements(ref reader);
        reader.Int64s(_integers ??= []);
    }

    /// <summary>A packed list comes in one piece; lists that do not are put together.</summary>
    private void TakeFloats(ref ProtoReader reader, int size)
    {
        TakeElements(ref reader);
        var part = reader.Fixed(size);
        if (_gathered is null && _packed.IsEmpty)
        {
            _packed = part;
            return;
        }

        _gathered ??= [.. _packed.Span];
        CollectionExtensions.AddRange(_gathered, part.Span);
    }

    private void TakeElements(ref ProtoReader reader)
    {
        if (_elementField != 0 && _elementField != reader.Field)
        {
            throw reader.Error($"elements stand in {ListName(_elementField)} and in {ListName(reader.Field)}; expected one list");
        }

        _elementField = reader.Field;
    }
}
