using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Reading;

/// <summary>The parts of a NodeProto. An instance can be filled again for the next node.</summary>
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

    public static NodeParts Collect(ReadOnlyMemory<byte> message, string graph, NameTable names) => new NodeParts().Fill(message, graph, names);

    /// <summary>Takes the parts of another node; those of the last one are gone.</summary>
    public NodeParts Fill(ReadOnlyMemory<byte> message, string graph, NameTable names)
    {
        Clear();
        var reader = new ProtoReader(message, new Place("a node of graph", graph));
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case NodeFields.Input: Inputs.Add(reader.Text(names)); break;
                case NodeFields.Output: Outputs.Add(reader.Text(names)); break;
                case NodeFields.Name: Name = reader.Text(); break;
                case NodeFields.OpType: OpType = reader.Text(names); break;
                case NodeFields.Attribute: Attributes.Add(reader.Bytes()); break;
                case NodeFields.DocString: DocString = reader.Text(); break;
                case NodeFields.Domain: Domain = reader.Text(names); break;
                case NodeFields.Overload: Overload = reader.Text(); break;
                case NodeFields.Metadata: EntryReader.AddTo(ref _metadata, reader.Bytes(), "node metadata"); break;
                default: reader.Skip(); break;
            }
        }

        return OpType.Length > 0 ? this : throw reader.Error($"node '{Name}' names no operator");
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

    private void Clear()
    {
        (Name, OpType, Domain, Overload, DocString, _metadata) = ("", "", "", "", "", null);
        Inputs.Clear();
        Outputs.Clear();
        Attributes.Clear();
    }
}
