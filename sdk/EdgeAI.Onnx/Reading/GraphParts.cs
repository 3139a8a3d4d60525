using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Reading;

/// <summary>The parts of a GraphProto by kind: nodes can be read only when inputs and initializers are known.</summary>
internal sealed class GraphParts
{
    public string Name { get; private set; } = "";

    public string DocString { get; private set; } = "";

    public List<ReadOnlyMemory<byte>> Nodes { get; } = [];

    public List<ReadOnlyMemory<byte>> Initializers { get; } = [];

    public List<ReadOnlyMemory<byte>> SparseInitializers { get; } = [];

    public List<ReadOnlyMemory<byte>> Inputs { get; } = [];

    public List<ReadOnlyMemory<byte>> Outputs { get; } = [];

    public List<ReadOnlyMemory<byte>> ValueInfos { get; } = [];

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
                default: reader.Skip(); break;
            }
        }

        return parts;
    }
}

/// <summary>The parts of a NodeProto.</summary>
internal sealed class NodeParts
{
    public string Name { get; private set; } = "";

    public string OpType { get; private set; } = "";

    public string Domain { get; private set; } = "";

    public string Overload { get; private set; } = "";

    public string DocString { get; private set; } = "";

    public List<string> Inputs { get; } = [];

    public List<string> Outputs { get; } = [];

    public List<ReadOnlyMemory<byte>> Attributes { get; } = [];

    public bool HasSubgraphs => Subgraphs().Count > 0;

    public static NodeParts Collect(ReadOnlyMemory<byte> message, string graph)
    {
        var reader = new ProtoReader(message, $"a node of graph '{graph}'");
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
                default: reader.Skip(); break;
            }
        }

        return parts.OpType.Length > 0 ? parts : throw reader.Error($"node '{parts.Name}' names no operator");
    }

    /// <summary>The messages of the subgraphs in its attributes.</summary>
    public List<ReadOnlyMemory<byte>> Subgraphs()
    {
        var graphs = new List<ReadOnlyMemory<byte>>();
        foreach (var attribute in Attributes)
        {
            var reader = new ProtoReader(attribute, $"an attribute of node '{Name}'");
            while (reader.Next())
            {
                if (reader.Field is AttributeFields.Graph or AttributeFields.Graphs)
                {
                    graphs.Add(reader.Bytes());
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
