using System.Runtime.InteropServices;
using EdgeAI.Graph;
using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Reading;

/// <summary>The parts of an AttributeProto; which of them counts follows from its kind.</summary>
internal sealed class AttributeParts
{
    private readonly List<long> _ints = [];
    private readonly List<float> _floats = [];
    private readonly List<ReadOnlyMemory<byte>> _texts = [];
    private readonly List<ReadOnlyMemory<byte>> _tensors = [];
    private readonly List<ReadOnlyMemory<byte>> _graphs = [];
    private readonly List<ReadOnlyMemory<byte>> _types = [];
    private readonly List<ReadOnlyMemory<byte>> _sparses = [];
    private int _kind;
    private int _seenKind;
    private string _reference = "";
    private float _float;
    private long _int;
    private readonly Dictionary<int, ReadOnlyMemory<byte>> _ones = [];

    public string Name { get; private set; } = "";

    public string DocString { get; private set; } = "";

    public static AttributeParts Collect(ReadOnlyMemory<byte> message, string graph)
    {
        var reader = new ProtoReader(message, $"an attribute in graph '{graph}'");
        var parts = new AttributeParts();
        while (reader.Next())
        {
            parts.Take(ref reader);
        }

        return parts;
    }

    /// <summary>The value; IR 1 and 2 did not write the kind, then the field that is there tells it.</summary>
    public AttributeValue ToValue(TensorReader tensors, TypeReader types, Func<ReadOnlyMemory<byte>, ModelGraph> graphs)
    {
        var place = $"attribute '{Name}'";
        if (_reference.Length > 0)
        {
            return new AttributeValue.Reference(_reference, _kind);
        }

        return (_kind != 0 ? _kind : _seenKind) switch
        {
            AttributeKinds.Float => new AttributeValue.Float(_float),
            AttributeKinds.Int => new AttributeValue.Int(_int),
            AttributeKinds.Text => new AttributeValue.Text(One(AttributeKinds.Text)),
            AttributeKinds.Tensor => new AttributeValue.Tensor(tensors.Read(One(AttributeKinds.Tensor), place).Tensor),
            AttributeKinds.Graph => new AttributeValue.Graph(graphs(One(AttributeKinds.Graph))),
            AttributeKinds.Floats => new AttributeValue.Floats([.. _floats]),
            AttributeKinds.Ints => new AttributeValue.Ints([.. _ints]),
            AttributeKinds.Texts => new AttributeValue.Texts([.. _texts]),
            AttributeKinds.Tensors => new AttributeValue.Tensors([.. _tensors.Select(tensor => tensors.Read(tensor, place).Tensor)]),
            AttributeKinds.Graphs => new AttributeValue.Graphs([.. _graphs.Select(graphs)]),
            AttributeKinds.Sparse => new AttributeValue.Sparse(tensors.ReadSparse(One(AttributeKinds.Sparse), place)),
            AttributeKinds.Sparses => new AttributeValue.Sparses([.. _sparses.Select(sparse => tensors.ReadSparse(sparse, place))]),
            AttributeKinds.Type => new AttributeValue.Type(types.Read(One(AttributeKinds.Type), place, 0)),
            AttributeKinds.Types => new AttributeValue.Types([.. _types.Select(type => types.Read(type, place, 0))]),
            var kind => throw new ModelFormatException($"{place}: kind {kind} is unknown; expected an AttributeProto.AttributeType."),
        };
    }

    private void Take(ref ProtoReader reader)
    {
        switch (reader.Field)
        {
            case AttributeFields.Name: Name = reader.Text(); break;
            case AttributeFields.DocString: DocString = reader.Text(); break;
            case AttributeFields.Kind: _kind = reader.Int32(); break;
            case AttributeFields.Reference: _reference = reader.Text(); break;
            case AttributeFields.Float: (_float, _seenKind) = (reader.Float(), AttributeKinds.Float); break;
            case AttributeFields.Int: (_int, _seenKind) = (reader.Int64(), AttributeKinds.Int); break;
            case AttributeFields.Text: TakeOne(reader.Bytes(), AttributeKinds.Text); break;
            case AttributeFields.Tensor: TakeOne(reader.Bytes(), AttributeKinds.Tensor); break;
            case AttributeFields.Graph: TakeOne(reader.Bytes(), AttributeKinds.Graph); break;
            case AttributeFields.TypeProto: TakeOne(reader.Bytes(), AttributeKinds.Type); break;
            case AttributeFields.Sparse: TakeOne(reader.Bytes(), AttributeKinds.Sparse); break;
            case AttributeFields.Floats: TakeFloats(reader.Fixed(4)); break;
            case AttributeFields.Ints: TakeInts(ref reader); break;
            case AttributeFields.Texts: TakeMany(_texts, reader.Bytes(), AttributeKinds.Texts); break;
            case AttributeFields.Tensors: TakeMany(_tensors, reader.Bytes(), AttributeKinds.Tensors); break;
            case AttributeFields.Graphs: TakeMany(_graphs, reader.Bytes(), AttributeKinds.Graphs); break;
            case AttributeFields.TypeProtos: TakeMany(_types, reader.Bytes(), AttributeKinds.Types); break;
            case AttributeFields.Sparses: TakeMany(_sparses, reader.Bytes(), AttributeKinds.Sparses); break;
            default: reader.Skip(); break;
        }
    }

    private void TakeOne(ReadOnlyMemory<byte> bytes, int kind)
    {
        _ones[kind] = bytes;
        _seenKind = kind;
    }

    private ReadOnlyMemory<byte> One(int kind) => _ones.GetValueOrDefault(kind);

    private void TakeInts(ref ProtoReader reader)
    {
        reader.Int64s(_ints);
        _seenKind = AttributeKinds.Ints;
    }

    private void TakeFloats(ReadOnlyMemory<byte> bytes)
    {
        _floats.AddRange(MemoryMarshal.Cast<byte, float>(bytes.Span));
        _seenKind = AttributeKinds.Floats;
    }

    private void TakeMany(List<ReadOnlyMemory<byte>> list, ReadOnlyMemory<byte> bytes, int kind)
    {
        list.Add(bytes);
        _seenKind = kind;
    }
}
