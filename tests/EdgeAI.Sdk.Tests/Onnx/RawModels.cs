using EdgeAI.Hal;
using EdgeAI.Onnx.Wire;

namespace EdgeAI.Sdk.Tests.Onnx;

/// <summary>Models that the graph library would not let anybody make, written field by field.</summary>
internal static class RawModels
{
    public static byte[] Circle() => Model(graph =>
    {
        Node(graph, "a", "Relu", "y", "x");
        Node(graph, "b", "Relu", "x", "y");
    });

    public static byte[] OutOfOrder() => Model(graph =>
    {
        graph.Message(GraphFields.Input, value => value.Text(ValueFields.Name, "in"));
        Node(graph, "second", "Relu", "mid", "out");
        Node(graph, "first", "Relu", "in", "mid");
    });

    public static byte[] UnknownOperand() => Model(graph => Node(graph, "n", "Relu", "ghost", "y"));

    public static byte[] HugeTensor() => Model(graph => graph.Message(GraphFields.Initializer, tensor =>
    {
        tensor.PackedInt64(TensorFields.Dims, [long.MaxValue / 2, 8]);
        tensor.Int64(TensorFields.DataType, (int)DataType.Float32);
        tensor.Text(TensorFields.Name, "w");
    }));

    /// <summary>Subgraphs in subgraphs.</summary>
    public static byte[] Deep(int depth) => Model(graph => Nest(graph, depth));

    public static byte[] Model(Action<ProtoWriter> write, long irVersion = 8) => Model(write, _ => { }, irVersion);

    public static byte[] Model(Action<ProtoWriter> graph, Action<ProtoWriter> rest, long irVersion = 8)
    {
        var model = new ProtoWriter();
        model.Int64(ModelFields.IrVersion, irVersion);
        model.Message(ModelFields.Graph, graph);
        rest(model);
        return model.ToArray();
    }

    private static void Nest(ProtoWriter graph, int depth)
    {
        if (depth > 0)
        {
            graph.Message(GraphFields.Node, node =>
            {
                node.Text(NodeFields.OpType, "If");
                node.Message(NodeFields.Attribute, attribute =>
                {
                    attribute.Text(AttributeFields.Name, "then_branch");
                    attribute.Message(AttributeFields.Graph, inner => Nest(inner, depth - 1));
                    attribute.Int64(AttributeFields.Kind, AttributeKinds.Graph);
                });
            });
        }
    }

    private static void Node(ProtoWriter graph, string name, string operation, string input, string output) => graph.Message(GraphFields.Node, node =>
    {
        node.Text(NodeFields.Input, input);
        node.Text(NodeFields.Output, output);
        node.Text(NodeFields.Name, name);
        node.Text(NodeFields.OpType, operation);
    });
}

/// <summary>A model whose weights, three floats each, lie in another file.</summary>
internal static class ExternalModel
{
    private const int External = 1;

    public static byte[] Bytes(string location, long offset, long length, string? checksum = null) => Bytes(3, [("w", location, offset, length)], checksum);

    public static byte[] Bytes(params (string Name, string Location, long Offset, long Length)[] tensors) => Bytes(3, tensors);

    public static byte[] Bytes(long count, (string Name, string Location, long Offset, long Length)[] tensors, string? checksum = null) => RawModels.Model(graph =>
    {
        foreach (var (name, location, offset, length) in tensors)
        {
            graph.Message(GraphFields.Initializer, tensor => Tensor(tensor, count, name, location, offset, length, checksum));
        }
    });

    private static void Tensor(ProtoWriter tensor, long count, string name, string location, long offset, long length, string? checksum)
    {
        tensor.PackedInt64(TensorFields.Dims, [count]);
        tensor.Int64(TensorFields.DataType, (int)DataType.Float32);
        tensor.Text(TensorFields.Name, name);
        Entry(tensor, "location", location);
        Entry(tensor, "offset", $"{offset}");
        Entry(tensor, "length", $"{length}");
        if (checksum is not null)
        {
            Entry(tensor, "checksum", checksum);
        }

        tensor.Int64(TensorFields.DataLocation, External);
    }

    private static void Entry(ProtoWriter tensor, string key, string value) => tensor.Message(TensorFields.ExternalData, entry =>
    {
        entry.Text(EntryFields.Key, key);
        entry.Text(EntryFields.Value, value);
    });
}
