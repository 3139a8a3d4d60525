using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using EdgeAI.Graph;
using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Reading;

/// <summary>Reads AttributeProto: first its head, then the one field that its kind asks for.</summary>
internal sealed class AttributeReader(TensorReader tensors, TypeReader types, Func<ReadOnlyMemory<byte>, ModelGraph, ModelGraph> readGraph, NameTable names)
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
        var value = head.Reference.Length > 0 ? new AttributeValue.Reference(head.Reference, head.Kind) : ReadValue(message, graph, Kind(head), head.Count, place);
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

    private AttributeValue ReadValue(ReadOnlyMemory<byte> message, ModelGraph graph, int kind, int count, Place place) => kind switch
    {
        AttributeKinds.Float => new AttributeValue.Float(Last(message, AttributeFields.Float, place, 0f, static (ref ProtoReader reader) => reader.Float())),
        AttributeKinds.Int => new AttributeValue.Int(Last(message, AttributeFields.Int, place, 0L, static (ref ProtoReader reader) => reader.Int64())),
        AttributeKinds.Text => new AttributeValue.Text(One(message, AttributeFields.Text, place)),
        AttributeKinds.Tensor => new AttributeValue.Tensor(tensors.Read(One(message, AttributeFields.Tensor, place), place).Tensor),
        AttributeKinds.Graph => new AttributeValue.Graph(readGraph(One(message, AttributeFields.Graph, place), graph)),
        AttributeKinds.Sparse => new AttributeValue.Sparse(tensors.ReadSparse(One(message, AttributeFields.Sparse, place), place)),
        AttributeKinds.Type => new AttributeValue.Type(types.Read(One(message, AttributeFields.TypeProto, place), place, 0)),
        AttributeKinds.Floats => new AttributeValue.Floats(Floats(message, count, place)),
        AttributeKinds.Ints => new AttributeValue.Ints(Ints(message, count, place)),
        AttributeKinds.Texts => new AttributeValue.Texts([.. Many(message, AttributeFields.Texts, count, place)]),
        AttributeKinds.Tensors => new AttributeValue.Tensors([.. Many(message, AttributeFields.Tensors, count, place).Select(item => tensors.Read(item, place).Tensor)]),
        AttributeKinds.Graphs => new AttributeValue.Graphs([.. Many(message, AttributeFields.Graphs, count, place).Select(item => readGraph(item, graph))]),
        AttributeKinds.Sparses => new AttributeValue.Sparses([.. Many(message, AttributeFields.Sparses, count, place).Select(item => tensors.ReadSparse(item, place))]),
        _ => new AttributeValue.Types([.. Many(message, AttributeFields.TypeProtos, count, place).Select(item => types.Read(item, place, 0))]),
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

    private static List<ReadOnlyMemory<byte>> Many(ReadOnlyMemory<byte> message, int field, int count, Place place)
    {
        var items = new List<ReadOnlyMemory<byte>>(count);
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

    private static ImmutableArray<long> Ints(ReadOnlyMemory<byte> message, int count, Place place)
    {
        var values = new List<long>(count);
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

    private static ImmutableArray<float> Floats(ReadOnlyMemory<byte> message, int count, Place place)
    {
        var values = new List<float>(count);
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

    private Head ReadHead(ReadOnlyMemory<byte> message, string graph)
    {
        var reader = new ProtoReader(message, new Place("an attribute in graph", graph));
        var (name, text, reference, kind, present, count) = ("", "", "", 0, 0u, 0);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case AttributeFields.Name: name = reader.Text(names); break;
                case AttributeFields.DocString: text = reader.Text(); break;
                case AttributeFields.Reference: reference = reader.Text(); break;
                case AttributeFields.Kind: kind = reader.Int32(); break;
                default:
                    present |= KindOf(reader.Field);
                    count++;
                    reader.Skip();
                    break;
            }
        }

        return name.Length > 0 ? new(name, text, reference, kind, present, count) : throw reader.Error("no name; every attribute has one");
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

    /// <param name="Name">Name.</param>
    /// <param name="DocString">Text that came with the model.</param>
    /// <param name="Reference">Name of a function's attribute, or empty.</param>
    /// <param name="Kind">The kind that is written, or 0.</param>
    /// <param name="Present">Kinds of which there is a value: bit n stands for AttributeKinds n.</param>
    /// <param name="Count">Fields that hold values: lists that are not packed have one for each element.</param>
    private readonly record struct Head(string Name, string DocString, string Reference, int Kind, uint Present, int Count);
}
