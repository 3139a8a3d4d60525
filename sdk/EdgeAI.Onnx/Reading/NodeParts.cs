using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Reading;

/// <summary>The parts of a NodeProto.</summary>
internal sealed class NodeParts
{
    private List<KeyValuePair<string, string>>? _metadata;

    public string Name { get; private set; } = "";

    public string OpType { get; private set; } = "";

    public string Domain { get; private set; } = "";

    public string Overload { get; private set; } = "";

    public string DocString { get; private set; } = "";

    public List<string> Inputs { get; } = [];

    public List<string> Outputs { get; } = [];

    public List<ReadOnlyMemory<byte>> Attributes { get; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Metadata => _metadata ?? [];

    public static NodeParts Collect(ReadOnlyMemory<byte> message, string graph)
    {
        var reader = new ProtoReader(message, new Place("a node of graph", graph));
        var parts = new NodeParts();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case NodeFields.Input: parts.Inputs.Add(reader.Text()); break;
                case NodeFields.Output: parts.Outputs.Add(reader.Text()); break;
                case NodeFields.Name: parts.Name = reader.Text(); break;
                case NodeFields.OpType: parts.OpType = reader.Text(); break;
                case NodeFields.Attribute: parts.Attributes.Add(reader.Bytes()); break;
                case NodeFields.DocString: parts.DocString = reader.Text(); break;
                case NodeFields.Domain: parts.Domain = reader.Text(); break;
                case NodeFields.Overload: parts.Overload = reader.Text(); break;
                case NodeFields.Metadata: EntryReader.AddTo(ref parts._metadata, reader.Bytes(), "node metadata"); break;
                default: reader.Skip(); break;
            }
        }

        return parts.OpType.Length > 0 ? parts : throw reader.Error($"node '{parts.Name}' names no operator");
    }

    /// <summary>The subgraphs in its attributes.</summary>
    public List<GraphParts> Subgraphs()
    {
        var graphs = new List<GraphParts>();
        foreach (var attribute in Attributes)
        {
            var reader = new ProtoReader(attribute, new Place("an attribute of node", Name));
            while (reader.Next())
            {
                if (reader.Field is AttributeFields.Graph or AttributeFields.Graphs)
                {
                    graphs.Add(GraphParts.Collect(reader.Bytes()));
                }
                else
                {
                    reader.Skip();
                }
            }
        }

        return graphs;
    }
}
