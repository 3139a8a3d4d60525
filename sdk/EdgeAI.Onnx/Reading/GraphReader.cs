using EdgeAI.Graph;
using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Reading;

/// <summary>Reads GraphProto, NodeProto and AttributeProto. Names become values; inner graphs find those of the graphs around them.</summary>
internal sealed class GraphReader(OnnxReadOptions options, TypeReader types, TensorReader tensors)
{
    private int _depth;
    private int _nodeCount;

    /// <summary>A graph; before IR 4 an initializer stands among the inputs too, and is a constant all the same.</summary>
    public ModelGraph Read(ReadOnlyMemory<byte> message, ModelGraph? parent, bool initializersAreInputs)
    {
        if (++_depth > options.MaxDepth)
        {
            throw new ModelFormatException($"Subgraphs stand in each other deeper than {options.MaxDepth}.");
        }

        var parts = GraphParts.Collect(message);
        var graph = new ModelGraph(parts.Name, parent) { DocString = parts.DocString };
        AddConstants(graph, parts);
        AddInputs(graph, parts.Inputs, initializersAreInputs);
        AddNodes(graph, parts.Nodes);
        foreach (var output in parts.Outputs)
        {
            graph.AddOutput(Declare(graph, output, "output"));
        }

        parts.ValueInfos.ForEach(info => Describe(graph, info));
        _depth--;
        return graph;
    }

    /// <summary>A function's body: its inputs have names only.</summary>
    public ModelGraph ReadFunctionBody(string name, List<string> inputs, List<string> outputs, List<ReadOnlyMemory<byte>> nodes, List<ReadOnlyMemory<byte>> infos)
    {
        var graph = new ModelGraph(name);
        inputs.ForEach(input => graph.AddInput(graph.AddValue(input)));
        AddNodes(graph, nodes);
        outputs.ForEach(output => graph.AddOutput(graph.FindValue(output)
            ?? throw new ModelFormatException($"Function '{name}': output '{output}' is made by no node.")));
        infos.ForEach(info => Describe(graph, info));
        return graph;
    }

    /// <summary>Attributes; subgraphs in them see the values of <paramref name="graph"/>.</summary>
    public IEnumerable<NodeAttribute> ReadAttributes(List<ReadOnlyMemory<byte>> messages, ModelGraph graph) =>
        messages.Select(message => ReadAttribute(message, graph));

    private void AddConstants(ModelGraph graph, GraphParts parts)
    {
        foreach (var message in parts.Initializers)
        {
            var (name, tensor) = tensors.Read(message, $"an initializer of graph '{graph.Name}'");
            graph.AddConstant(name, tensor);
        }

        parts.SparseInitializers.ForEach(message => graph.SparseConstants.Add(tensors.ReadSparse(message, $"a sparse initializer of graph '{graph.Name}'")));
        foreach (var sparse in graph.SparseConstants)
        {
            graph.AddValue(sparse.Name, new SparseTensorType(sparse.Values.Type, new Hal.Shape([.. sparse.Extents])));
        }
    }

    private void AddInputs(ModelGraph graph, List<ReadOnlyMemory<byte>> inputs, bool initializersAreInputs)
    {
        foreach (var message in inputs)
        {
            var (name, type, docString) = types.ReadValue(message, $"an input of graph '{graph.Name}'");
            if (graph.Values.TryGetValue(name, out var constant) && constant.Constant is not null)
            {
                if (!initializersAreInputs)
                {
                    graph.AddInput(constant);
                }

                continue;
            }

            var value = graph.AddValue(name, type);
            value.DocString = docString;
            graph.AddInput(value);
        }
    }

    private void AddNodes(ModelGraph graph, List<ReadOnlyMemory<byte>> messages)
    {
        _nodeCount += messages.Count;
        if (_nodeCount > options.MaxNodes)
        {
            throw new ModelFormatException($"The model has more than {options.MaxNodes} nodes.");
        }

        var nodes = messages.ConvertAll(message => NodeParts.Collect(message, graph.Name));
        foreach (var node in NodeOrder.Sort(nodes, graph, options.MaxDepth))
        {
            AddNode(graph, node);
        }
    }

    private void AddNode(ModelGraph graph, NodeParts parts)
    {
        var inputs = parts.Inputs.Select(name => Find(graph, name, parts)).ToList();
        var attributes = new AttributeList([.. ReadAttributes(parts.Attributes, graph)]);
        var outputs = parts.Outputs.Select(name => name.Length == 0 ? null : graph.AddValue(name)).ToList();
        var node = graph.AddNode(parts.OpType, inputs, outputs, attributes, parts.Name, parts.Domain is "ai.onnx" ? "" : parts.Domain);
        (node.DocString, node.Overload) = (parts.DocString, parts.Overload);
    }

    private static Value? Find(ModelGraph graph, string name, NodeParts node) =>
        name.Length == 0 ? null
        : graph.FindValue(name) ?? throw new ModelFormatException(
            $"Node '{node.Name}' ({node.OpType}) in graph '{graph.Name}' reads '{name}', which no input, initializer or earlier node makes.");

    private Value Declare(ModelGraph graph, ReadOnlyMemory<byte> message, string what)
    {
        var (name, type, docString) = types.ReadValue(message, $"an {what} of graph '{graph.Name}'");
        var value = graph.FindValue(name) ?? throw new ModelFormatException($"Graph '{graph.Name}': {what} '{name}' is made by no node, input or initializer.");
        value.Type ??= type;
        value.DocString = docString;
        return value;
    }

    private void Describe(ModelGraph graph, ReadOnlyMemory<byte> message)
    {
        var (name, type, docString) = types.ReadValue(message, $"a value of graph '{graph.Name}'");
        if (graph.Values.TryGetValue(name, out var value))
        {
            value.Type ??= type;
            value.DocString = docString;
        }
    }

    private NodeAttribute ReadAttribute(ReadOnlyMemory<byte> message, ModelGraph graph)
    {
        var parts = AttributeParts.Collect(message, graph.Name);
        return new NodeAttribute(parts.Name, parts.ToValue(tensors, types, inner => Read(inner, graph, initializersAreInputs: false)), parts.DocString);
    }
}
