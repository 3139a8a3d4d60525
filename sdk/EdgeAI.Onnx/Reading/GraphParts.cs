using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Reading;

/// <summary>The parts of a GraphProto by kind: nodes can be read only when inputs and initializers are known.</summary>
internal sealed class GraphParts
{
    private List<KeyValuePair<string, string>>? _metadata;

    public string Name { get; private set; } = "";

    public string DocString { get; private set; } = "";

    public List<ReadOnlyMemory<byte>> Nodes { get; } = [];

    public List<ReadOnlyMemory<byte>> Initializers { get; } = [];

    public List<ReadOnlyMemory<byte>> SparseInitializers { get; } = [];

    public List<ReadOnlyMemory<byte>> Inputs { get; } = [];

    public List<ReadOnlyMemory<byte>> Outputs { get; } = [];

    public List<ReadOnlyMemory<byte>> ValueInfos { get; } = [];

    public List<ReadOnlyMemory<byte>> Annotations { get; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Metadata => _metadata ?? [];

    public static GraphParts Collect(ReadOnlyMemory<byte> message)
    {
        var reader = new ProtoReader(message, "graph");
        var parts = new GraphParts();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case GraphFields.Node: parts.Nodes.Add(reader.Bytes()); break;
                case GraphFields.Name: parts.Name = reader.Text(); break;
                case GraphFields.Initializer: parts.Initializers.Add(reader.Bytes()); break;
                case GraphFields.SparseInitializer: parts.SparseInitializers.Add(reader.Bytes()); break;
                case GraphFields.DocString: parts.DocString = reader.Text(); break;
                case GraphFields.Input: parts.Inputs.Add(reader.Bytes()); break;
                case GraphFields.Output: parts.Outputs.Add(reader.Bytes()); break;
                case GraphFields.ValueInfo: parts.ValueInfos.Add(reader.Bytes()); break;
                case GraphFields.QuantizationAnnotation: parts.Annotations.Add(reader.Bytes()); break;
                case GraphFields.Metadata: EntryReader.AddTo(ref parts._metadata, reader.Bytes(), "graph metadata"); break;
                default: reader.Skip(); break;
            }
        }

        return parts;
    }
}
