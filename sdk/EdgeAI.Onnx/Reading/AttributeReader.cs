using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using EdgeAI.Graph;
using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Reading;

/// <summary>Reads AttributeProto: first its head, then the one field that its kind asks for.</summary>
internal sealed class AttributeReader(TensorReader tensors, TypeReader types, Func<ReadOnlyMemory<byte>, ModelGraph, ModelGraph> readGraph)
{
    // Bit n: AttributeKinds n.
    private const uint NumberKinds = (1 << AttributeKinds.Float) | (1 << AttributeKinds.Int);
    private const uint ListKinds = (1 << AttributeKinds.Floats) | (1 << AttributeKinds.Ints) | (1 << AttributeKinds.Texts) | (1 << AttributeKinds.Tensors)
        | (1 << AttributeKinds.Graphs) | (1 << AttributeKinds.Sparses) | (1 << AttributeKinds.Types);

    /// <summary>An attribute; subgraphs in it see the values of <paramref name="graph"/>.</summary>
    public NodeAttribute Read(ReadOnlyMemory<byte> message, ModelGraph graph)
    {
        var head = ReadHead(message, graph.Name);
        var place = new Place("attribute", head.Name);
        var value = head.Reference.Length > 0 ? new AttributeValue.Reference(head.Reference, head.Kind) : ReadValue(message, graph, Kind(head), place);
        return new NodeAttribute(head.Name, value, head.DocString);
    }

    /// <summary>IR 1 did not write the kind, then the field that is there tells it. A list may be empty, a number 0: then nothing is there.</summary>
    private static int Kind(in Head head)
    {
        var place = new Place("attribute", head.Name);
        if (head.Kind == 0)
        {
            return BitOperations.PopCount(head.Present) == 1 ? BitOperations.Log2(head.Present)
                : throw new ModelFormatException($"{place}: no kind and {Describe(head.Present)}; expected one value.");
        }

        if (head.Kind is < AttributeKinds.Float or > AttributeKinds.Types)
        {
            throw new ModelFormatException($"{place}: kind {head.Kind} is unknown; expected an AttributeProto.AttributeType.");
        }

        var wanted = 1u << head.Kind;
        var mayBeAbsent = (wanted & (NumberKinds | ListKinds | (1 << AttributeKinds.Text))) != 0;
        return (head.Present & wanted) != 0 || (mayBeAbsent && head.Present == 0) ? head.Kind
            : throw new ModelFormatException($"{place}: says that it is {Describe(wanted)}; found {Describe(head.Present)}.");
    }

    private AttributeValue ReadValue(ReadOnlyMemory<byte> message, ModelGraph graph, int kind, Place place) => kind switch
    {
        AttributeKinds.Float => new AttributeValue.Float(Last(message, AttributeFields.Float, place, 0f, static (ref ProtoReader reader) => reader.Float())),
        AttributeKinds.Int => new AttributeValue.Int(Last(message, AttributeFields.Int, place, 0L, static (ref ProtoReader reader) => reader.Int64())),
        AttributeKinds.Text => new AttributeValue.Text(One(message, AttributeFields.Text, place)),
        AttributeKinds.Tensor => new AttributeValue.Tensor(tensors.Read(One(message, AttributeFields.Tensor, place), place).Tensor),
        AttributeKinds.Graph => new AttributeValue.Graph(readGraph(One(message, AttributeFields.Graph, place), graph)),
        AttributeKinds.Sparse => new AttributeValue.Sparse(tensors.ReadSparse(One(message, AttributeFields.Sparse, place), place)),
        AttributeKinds.Type => new AttributeValue.Type(types.Read(One(message, AttributeFields.TypeProto, place), place, 0)),
        AttributeKinds.Floats => new AttributeValue.Floats(Floats(message, place)),
        AttributeKinds.Ints => new AttributeValue.Ints(Ints(message, place)),
        AttributeKinds.Texts => new AttributeValue.Texts([.. Many(message, AttributeFields.Texts, place)]),
        AttributeKinds.Tensors => new AttributeValue.Tensors([.. Many(message, AttributeFields.Tensors, place).Select(item => tensors.Read(item, place).Tensor)]),
        AttributeKinds.Graphs => new AttributeValue.Graphs([.. Many(message, AttributeFields.Graphs, place).Select(item => readGraph(item, graph))]),
        AttributeKinds.Sparses => new AttributeValue.Sparses([.. Many(message, AttributeFields.Sparses, place).Select(item => tensors.ReadSparse(item, place))]),
        _ => new AttributeValue.Types([.. Many(message, AttributeFields.TypeProtos, place).Select(item => types.Read(item, place, 0))]),
    };

    private delegate T Take<out T>(ref ProtoReader reader);

    private static T Last<T>(ReadOnlyMemory<byte> message, int field, Place place, T value, Take<T> take)
    {
        var reader = new ProtoReader(message, place);
        while (reader.Next())
        {
            if (reader.Field == field)
            {
                value = take(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return value;
    }

    private static ReadOnlyMemory<byte> One(ReadOnlyMemory<byte> message, int field, Place place) =>
        Last(message, field, place, ReadOnlyMemory<byte>.Empty, static (ref ProtoReader reader) => reader.Bytes());

    private static List<ReadOnlyMemory<byte>> Many(ReadOnlyMemory<byte> message, int field, Place place)
    {
        var items = new List<ReadOnlyMemory<byte>>();
        var reader = new ProtoReader(message, place);
        while (reader.Next())
        {
            if (reader.Field == field)
            {
                items.Add(reader.Bytes());
            }
            else
            {
                reader.Skip();
            }
        }

        return items;
    }

    private static ImmutableArray<long> Ints(ReadOnlyMemory<byte> message, Place place)
    {
        var values = new List<long>();
        var reader = new ProtoReader(message, place);
        while (reader.Next())
        {
            if (reader.Field == AttributeFields.Ints)
            {
                reader.Int64s(values);
            }
            else
            {
                reader.Skip();
            }
        }

        return [.. values];
    }

    private static ImmutableArray<float> Floats(ReadOnlyMemory<byte> message, Place place)
    {
        var values = new List<float>();
        var reader = new ProtoReader(message, place);
        while (reader.Next())
        {
            if (reader.Field == AttributeFields.Floats)
            {
                values.AddRange(MemoryMarshal.Cast<byte, float>(reader.Fixed(sizeof(float)).Span));
            }
            else
            {
                reader.Skip();
            }
        }

        return [.. values];
    }

    private static Head ReadHead(ReadOnlyMemory<byte> message, string graph)
    {
        var reader = new ProtoReader(message, new Place("an attribute in graph", graph));
        var head = new Head("", "", "", 0, 0);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case AttributeFields.Name: head = head with { Name = reader.Text() }; break;
                case AttributeFields.DocString: head = head with { DocString = reader.Text() }; break;
                case AttributeFields.Reference: head = head with { Reference = reader.Text() }; break;
                case AttributeFields.Kind: head = head with { Kind = reader.Int32() }; break;
                default:
                    head = head with { Present = head.Present | KindOf(reader.Field) };
                    reader.Skip();
                    break;
            }
        }

        return head.Name.Length > 0 ? head : throw reader.Error("no name; every attribute has one");
    }

    private static uint KindOf(int field) => field switch
    {
        AttributeFields.Float => 1 << AttributeKinds.Float,
        AttributeFields.Int => 1 << AttributeKinds.Int,
        AttributeFields.Text => 1 << AttributeKinds.Text,
        AttributeFields.Tensor => 1 << AttributeKinds.Tensor,
        AttributeFields.Graph => 1 << AttributeKinds.Graph,
        AttributeFields.Floats => 1 << AttributeKinds.Floats,
        AttributeFields.Ints => 1 << AttributeKinds.Ints,
        AttributeFields.Texts => 1 << AttributeKinds.Texts,
        AttributeFields.Tensors => 1 << AttributeKinds.Tensors,
        AttributeFields.Graphs => 1 << AttributeKinds.Graphs,
        AttributeFields.Sparse => 1 << AttributeKinds.Sparse,
        AttributeFields.Sparses => 1 << AttributeKinds.Sparses,
        AttributeFields.TypeProto => 1 << AttributeKinds.Type,
        AttributeFields.TypeProtos => 1 << AttributeKinds.Types,
        _ => 0,
    };

    private static string Describe(uint kinds)
    {
        string[] names = ["", "FLOAT", "INT", "STRING", "TENSOR", "GRAPH", "FLOATS", "INTS", "STRINGS", "TENSORS", "GRAPHS", "SPARSE_TENSOR", "SPARSE_TENSORS", "TYPE_PROTO", "TYPE_PROTOS"];
        var found = Enumerable.Range(1, names.Length - 1).Where(kind => (kinds & (1u << kind)) != 0).Select(kind => names[kind]);
        return kinds == 0 ? "no value" : string.Join(" and ", found);
    }

    private readonly record struct Head(string Name, string DocString, string Reference, int Kind, uint Present);
}
