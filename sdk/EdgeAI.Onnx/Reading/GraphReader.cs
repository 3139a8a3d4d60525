using System.Text;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Reading;

/// <summary>
/// Reads GraphProto and NodeProto. Names become values; inner graphs find those of the graphs around them. Nodes are taken in the
/// file's order; where that fails (<see cref="ShouldSort"/>) a second reader sorts them.
/// </summary>
internal sealed class GraphReader
{
    private readonly OnnxReadOptions _options;
    private readonly TypeReader _types;
    private readonly TensorReader _tensors;
    private readonly AttributeReader _attributes;
    private readonly bool _initializersAreInputs;
    private readonly bool _sort;
    private readonly NameTable _names = new();
    private readonly Stack<(ModelGraph Graph, NodeParts Node)> _path = [];
    private int _depth;
    private long _nodeCount;
    private long _valueCount;

    /// <param name="options">Limits.</param>
    /// <param name="types">Reads types.</param>
    /// <param name="tensors">Reads tensors.</param>
    /// <param name="initializersAreInputs">Before IR 4: an initializer stands among the inputs too, and is a constant all the same.</param>
    /// <param name="sort">Puts nodes behind the makers of their operands.</param>
    public GraphReader(OnnxReadOptions options, TypeReader types, TensorReader tensors, bool initializersAreInputs, bool sort)
    {
        (_options, _types, _tensors, _initializersAreInputs, _sort) = (options, types, tensors, initializersAreInputs, sort);
        _attributes = new AttributeReader(tensors, types, Read, _names);
    }

    /// <summary>
    /// The error with the node whose attributes were being read. Not added on the way out, level by level: an exception that is
    /// thrown while another is caught keeps the stack of both, and models may nest subgraphs deeper than a thread's stack bears that.
    /// </summary>
    public ModelFormatException Locate(ModelFormatException error)
    {
        if (!_path.TryPeek(out var inner))
        {
            return error;
        }

        var (graph, node) = inner;
        var outer = _path.Last().Node;
        var around = ReferenceEquals(outer, node) ? "" : $" inside node '{outer.Name}' ({outer.OpType})";
        return new ModelFormatException($"Node '{node.Name}' ({node.OpType}) in graph '{graph.Name}'{around}: {error.Detail}", inner: error);
    }

    /// <summary>True when a node named an operand that nothing before it makes, and nodes were taken as they stand.</summary>
    public bool ShouldSort { get; private set; }

    /// <summary>A graph.</summary>
    public ModelGraph Read(ReadOnlyMemory<byte> message, ModelGraph? parent)
    {
        if (++_depth > _options.MaxDepth)
        {
            throw new ModelFormatException($"Subgraphs stand in each other deeper than {_options.MaxDepth}.");
        }

        var parts = GraphParts.Collect(message);
        var graph = new ModelGraph(Checked(parts.Name), parent) { DocString = parts.DocString, Metadata = parts.Metadata };
        AddConstants(graph, parts);
        AddInputs(graph, parts.Inputs);
        AddNodes(graph, parts.Nodes);
        parts.Outputs.ForEach(output => AddOutput(graph, output));
        AddDescriptions(graph, parts.ValueInfos);
        parts.Annotations.ForEach(message => graph.QuantizationAnnotations.Add(ReadAnnotation(message)));
        _depth--;
        return graph;
    }

    /// <summary>A function's body: its inputs have names only.</summary>
    public ModelGraph ReadFunctionBody(string name, List<string> inputs, List<string> outputs, List<ReadOnlyMemory<byte>> nodes, List<ReadOnlyMemory<byte>> infos)
    {
        var graph = new ModelGraph(Checked(name));
        inputs.ForEach(input => graph.AddInput(AddValue(graph, input, "function input")));
        AddNodes(graph, nodes);
        outputs.ForEach(output => graph.AddOutput(graph.FindValue(output)
            ?? throw new ModelFormatException($"Function '{name}': output '{output}' is made by no node.")));
        AddDescriptions(graph, infos);
        return graph;
    }

    /// <summary>An attribute; subgraphs in it see the values of <paramref name="graph"/>.</summary>
    public NodeAttribute ReadAttribute(ReadOnlyMemory<byte> message, ModelGraph graph) => _attributes.Read(message, graph);

    private void AddConstants(ModelGraph graph, GraphParts parts)
    {
        foreach (var message in parts.Initializers)
        {
            var (name, tensor, text, metadata) = _tensors.Read(message, new Place("an initializer of graph", graph.Name));
            var value = AddValue(graph, name, "initializer");
            graph.SetConstant(value, tensor);
            (value.DocString, value.Metadata) = (text, metadata);
        }

        foreach (var message in parts.SparseInitializers)
        {
            var sparse = _tensors.ReadSparse(message, new Place("a sparse initializer of graph", graph.Name));
            AddValue(graph, sparse.Name, "sparse initializer").Type = new SparseTensorType(sparse.Values.Type, new Shape([.. sparse.Extents]));
            graph.SparseConstants.Add(sparse);
        }
    }

    private void AddInputs(ModelGraph graph, List<ReadOnlyMemory<byte>> messages)
    {
        var defaults = new HashSet<Value>();
        foreach (var message in messages)
        {
            var info = _types.ReadValue(message, new Place("an input of graph", graph.Name));
            var isDefault = graph.Values.TryGetValue(info.Name, out var value) && value.Constant is not null && defaults.Add(value);
            value = isDefault ? value! : AddValue(graph, info.Name, "input");
            info.Describe(value);
            if (!isDefault || !_initializersAreInputs)
            {
                graph.AddInput(value);
            }
        }
    }

    private void AddNodes(ModelGraph graph, List<ReadOnlyMemory<byte>> messages)
    {
        _nodeCount += messages.Count;
        if (_nodeCount > _options.MaxNodes)
        {
            throw new ModelFormatException($"The model has more than {_options.MaxNodes} nodes; {nameof(OnnxReadOptions)}.{nameof(OnnxReadOptions.MaxNodes)} sets the limit.");
        }

        if (_sort)
        {
            var nodes = messages.ConvertAll(message => NodeParts.Collect(message, graph.Name, _names));
            NodeOrder.Sort(nodes, graph.Name, _options.MaxDepth, _names).ForEach(node => AddNode(graph, node));
            return;
        }

        var parts = new NodeParts();
        foreach (var message in messages)
        {
            AddNode(graph, parts.Fill(message, graph.Name, _names));
        }
    }

    private void AddNode(ModelGraph graph, NodeParts parts)
    {
        var inputs = new Value?[parts.Inputs.Count];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = Find(graph, parts.Inputs[i], parts);
        }

        var attributes = ReadAttributes(graph, parts);
        var outputs = new Value?[parts.Outputs.Count];
        for (var i = 0; i < outputs.Length; i++)
        {
            outputs[i] = parts.Outputs[i].Length == 0 ? null : AddValue(graph, parts.Outputs[i], "result");
        }

        var node = graph.AddNode(Checked(parts.OpType), inputs, outputs, attributes, Checked(parts.Name), parts.Domain is "ai.onnx" ? "" : Checked(parts.Domain));
        (node.DocString, node.Overload, node.Metadata) = (parts.DocString, Checked(parts.Overload), parts.Metadata);
    }

    private Value? Find(ModelGraph graph, string name, NodeParts node)
    {
        if (name.Length == 0)
        {
            return null;
        }

        if (graph.FindValue(name) is { } value)
        {
            return value;
        }

        ShouldSort = !_sort;
        throw new ModelFormatException($"Node '{node.Name}' ({node.OpType}) in graph '{graph.Name}' reads '{name}', which no input, initializer or earlier node makes.");
    }

    private AttributeList ReadAttributes(ModelGraph graph, NodeParts parts)
    {
        if (parts.Attributes.Count == 0)
        {
            return AttributeList.Empty;
        }

        _path.Push((graph, parts));
        var attributes = new NodeAttribute[parts.Attributes.Count];
        for (var i = 0; i < attributes.Length; i++)
        {
            attributes[i] = _attributes.Read(parts.Attributes[i], graph);
        }

        var list = FindTwice(attributes) is { } twice ? throw new ModelFormatException($"attribute '{twice}' is there twice.") : new AttributeList(attributes);
        _path.Pop();
        return list;
    }

    /// <summary>A name that two attributes have; null where each has its own.</summary>
    private static string? FindTwice(NodeAttribute[] attributes)
    {
        const int few = 16;
        var names = attributes.Length > few ? new HashSet<string>(attributes.Length, StringComparer.Ordinal) : null;
        for (var i = 1; i < attributes.Length && names is null; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (attributes[j].Name == attributes[i].Name)
                {
                    return attributes[i].Name;
                }
            }
        }

        return names is null ? null : Array.Find(attributes, attribute => !names.Add(attribute.Name))?.Name;
    }

    /// <summary>A name within the limit; names go into those of inner nodes, into what is written out and into messages.</summary>
    private string Checked(string name)
    {
        const int mostBytesOfOne = 3;
        return name.Length <= _options.MaxNameBytes / mostBytesOfOne || Encoding.UTF8.GetByteCount(name) is var bytes && bytes <= _options.MaxNameBytes ? name
            : throw new ModelFormatException($"A name has {bytes} bytes: '{name[..Math.Min(name.Length, 40)]}…'; expected at most {_options.MaxNameBytes} ({nameof(OnnxReadOptions)}.{nameof(OnnxReadOptions.MaxNameBytes)}).");
    }

    private Value AddValue(ModelGraph graph, string name, string what)
    {
        if (++_valueCount > _options.MaxValues)
        {
            throw new ModelFormatException($"The model has more than {_options.MaxValues} values; {nameof(OnnxReadOptions)}.{nameof(OnnxReadOptions.MaxValues)} sets the limit.");
        }

        return name.Length > 0 ? graph.AddValue(Checked(name)) : throw new ModelFormatException($"Graph '{graph.Name}': a {what} has no name.");
    }

    private void AddOutput(ModelGraph graph, ReadOnlyMemory<byte> message)
    {
        var info = _types.ReadValue(message, new Place("an output of graph", graph.Name));
        var value = graph.FindValue(info.Name)
            ?? throw new ModelFormatException($"Graph '{graph.Name}': output '{info.Name}' is made by no node, input or initializer.");
        info.Describe(value);
        graph.AddOutput(value);
    }

    private void AddDescriptions(ModelGraph graph, List<ReadOnlyMemory<byte>> infos)
    {
        foreach (var message in infos)
        {
            var info = _types.ReadValue(message, new Place("a value of graph", graph.Name));
            if (graph.Values.TryGetValue(info.Name, out var value))
            {
                info.Describe(value);
            }
        }
    }

    private static QuantizationAnnotation ReadAnnotation(ReadOnlyMemory<byte> message)
    {
        var reader = new ProtoReader(message, "a quantization annotation");
        var name = "";
        List<KeyValuePair<string, string>>? parameters = null;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case AnnotationFields.Tensor: name = reader.Text(); break;
                case AnnotationFields.Parameter: EntryReader.AddTo(ref parameters, reader.Bytes(), "a quantization annotation"); break;
                default: reader.Skip(); break;
            }
        }

        return new QuantizationAnnotation(name, [.. parameters ?? []]);
    }
}
