namespace EdgeAI.Graph;

/// <summary>
/// A graph of nodes and values in topological order; a model's main graph or a subgraph of a node. Inner nodes may read
/// values of the graphs around them (the very same <see cref="Value"/> objects).
/// </summary>
public sealed class ModelGraph
{
    private readonly PortList _inputs = [];
    private readonly PortList _outputs = [];
    private readonly NodeList _nodes = [];
    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);

    /// <summary>An empty graph; <paramref name="parent"/> is the graph whose node holds it.</summary>
    public ModelGraph(string name, ModelGraph? parent = null) => (Name, Parent) = (name, parent);

    /// <summary>Name in the file.</summary>
    public string Name { get; set; }

    /// <summary>Text that came with the model.</summary>
    public string DocString { get; set; } = "";

    /// <summary>The graph around a subgraph, else null.</summary>
    public ModelGraph? Parent { get; internal set; }

    /// <summary>The node of <see cref="Parent"/> whose attribute this graph is; null for a main graph, and for one whose node was taken out.</summary>
    internal Node? Holder { get; set; }

    /// <summary>The model whose main graph it is; null for subgraphs and functions' bodies.</summary>
    internal Model? Model { get; set; }

    /// <summary>Inputs to be fed, in order. An input with a <see cref="Value.Constant"/> has a default and may be left out.</summary>
    public IReadOnlyList<Value> Inputs => _inputs;

    /// <summary>Results, in order.</summary>
    public IReadOnlyList<Value> Outputs => _outputs;

    /// <summary>Operations, each after the makers of its operands.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Every value of this graph by name: inputs, constants and results.</summary>
    public IReadOnlyDictionary<string, Value> Values => _values;

    /// <summary>The same for walks that allocate nothing.</summary>
    internal Dictionary<string, Value> ValueTable => _values;

    /// <summary>The constants.</summary>
    public IEnumerable<Value> Constants => _values.Values.Where(value => value.Constant is not null);

    /// <summary>Sparse constants, carried.</summary>
    public IList<SparseConstant> SparseConstants { get; } = [];

    /// <summary>Free-form properties, in file order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; set; } = [];

    /// <summary>Which tensors hold the quantization parameters of others, as the file says; carried.</summary>
    public IList<QuantizationAnnotation> QuantizationAnnotations { get; } = [];

    /// <summary>The value of that name here or in the graphs around.</summary>
    public Value? FindValue(string name) =>
        _values.TryGetValue(name, out var value) ? value : Parent?.FindValue(name);

    /// <summary>A new value of a new name.</summary>
    /// <exception cref="ModelFormatException">The name is taken.</exception>
    public Value AddValue(string name, ValueType? type = null)
    {
        var value = new Value(name, type);
        return _values.TryAdd(name, value) ? value
            : throw new ModelFormatException($"Graph '{Name}': value '{name}' is defined twice; each name is defined once.");
    }

    /// <summary>Takes a value in that a patch has made; its name becomes unique.</summary>
    internal void AdoptValue(Value value)
    {
        value.Name = UniqueValueName(value.Name);
        _values.Add(value.Name, value);
    }

    /// <summary>Gives a value of this graph another name, which is free.</summary>
    internal void Rename(Value value, string name)
    {
        _values.Remove(value.Name);
        value.Name = name;
        _values.Add(name, value);
    }

    /// <summary>A new constant; its type follows from the tensor.</summary>
    public Value AddConstant(string name, ConstantTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var value = AddValue(name, new TensorType(tensor.Type, tensor.Shape));
        value.Constant = tensor;
        return value;
    }

    /// <summary>Gives a value that no node makes its elements (an initializer; a default where it is an input).</summary>
    public void SetConstant(Value value, ConstantTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(tensor);
        if (!_values.TryGetValue(value.Name, out var own) || !ReferenceEquals(own, value))
        {
            throw new InvalidOperationException($"Value '{value.Name}' is not of graph '{Name}'.");
        }

        if (value.Producer is not null)
        {
            throw new InvalidOperationException($"Value '{value.Name}' is made by {value.Producer}; it cannot be a constant too.");
        }

        value.Constant = tensor;
        value.Type = new TensorType(tensor.Type, tensor.Shape);
    }

    /// <summary>Declares a value as the next input.</summary>
    public void AddInput(Value value) => _inputs.Add(value);

    /// <summary>Takes a value off the inputs (an IR &lt; 4 initializer, a folded input).</summary>
    public void RemoveInput(Value value) => _inputs.Remove(value);

    /// <summary>Declares a value as the next output.</summary>
    public void AddOutput(Value value) => _outputs.Add(value);

    /// <summary>Replaces the output at that place.</summary>
    public void SetOutput(int index, Value value) => _outputs[index] = value;

    /// <summary>Takes all outputs off; the values stay.</summary>
    internal void ClearOutputs() => _outputs.Clear();

    /// <summary>A new node at <paramref name="index"/> of the order (at the end when negative); registers producer and consumers.</summary>
    /// <exception cref="ModelFormatException">An output has a producer already or is a constant.</exception>
    public Node AddNode(
        string opType, IEnumerable<Value?> inputs, IEnumerable<Value?> outputs, AttributeList? attributes = null,
        string name = "", string domain = "", int index = -1)
    {
        var node = CreateNode(opType, inputs, outputs, attributes, name, domain);
        _nodes.Insert(index < 0 ? _nodes.Count : index, node);
        return node;
    }

    /// <summary>A node with producer and consumers registered that stands nowhere yet; <see cref="SetNodes"/> gives it its place.</summary>
    internal Node CreateNode(
        string opType, IEnumerable<Value?> inputs, IEnumerable<Value?> outputs, AttributeList? attributes = null, string name = "", string domain = "")
    {
        var node = new Node(this, domain, opType, UniqueNodeName(name, opType), [.. inputs], [.. outputs], attributes ?? AttributeList.Empty);
        foreach (var output in node.OutputArray)
        {
            if (output is { Producer: not null } or { Constant: not null })
            {
                throw new ModelFormatException($"{node}: output '{output.Name}' is already made by {output.Producer?.ToString() ?? "a constant"}.");
            }
        }

        Connect(node);
        _nodeNames.Add(node.Name);
        return node;
    }

    /// <summary>Frees a node's operands, results and name; it leaves the order with the next <see cref="SetNodes"/>.</summary>
    internal void Detach(Node node) => Disconnect(node);

    /// <summary>Puts these nodes, all that are connected, in the place of the present order.</summary>
    internal void SetNodes(IReadOnlyCollection<Node> nodes) => _nodes.Set(nodes);

    /// <summary>Gives a node the name that it was to have, where another bore it and is gone.</summary>
    internal void TryRename(Node node, string name)
    {
        if (name.Length > 0 && _nodeNames.Add(name))
        {
            _nodeNames.Remove(node.Name);
            node.Name = name;
        }
    }

    /// <summary>Takes a node out; its outputs lose their producer and its operands a consumer. The values stay.</summary>
    public void RemoveNode(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var index = _nodes.IndexOf(node);
        if (index >= 0)
        {
            _nodes.RemoveAt(index);
            Disconnect(node);
        }
    }

    /// <summary>Takes many nodes out at once; at most linear in the size of the graph.</summary>
    public void RemoveNodes(IReadOnlySet<Node> nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        if (nodes.Count <= FewNodes)
        {
            foreach (var node in nodes)
            {
                RemoveNode(node);
            }

            return;
        }

        _nodes.RemoveAll(nodes);
        foreach (var node in nodes)
        {
            Disconnect(node);
        }
    }

    /// <summary>The node at that position, or null.</summary>
    internal Node? NodeAt(long position) => _nodes.At(position);

    /// <summary>The node's place in the order, or −1 where it does not stand in this graph.</summary>
    internal int IndexOf(Node node) => _nodes.IndexOf(node);

    /// <summary>Takes a value out that nothing makes, reads, feeds or returns any more.</summary>
    public void RemoveValue(Value value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Producer is not null || value.Consumers.Count > 0 || _inputs.Contains(value) || _outputs.Contains(value))
        {
            throw new InvalidOperationException($"Value '{value.Name}' is still used.");
        }

        _values.Remove(value.Name);
    }

    /// <summary>Lets a node read another value at that place.</summary>
    public static void SetInput(Node node, int index, Value? value)
    {
        ArgumentNullException.ThrowIfNull(node);
        node.InputArray[index]?.RemoveConsumer(node);
        node.InputArray[index] = value;
        value?.AddConsumer(node);
    }

    /// <summary>Lets a node make another value of its graph, which nothing else makes, instead of one of its results; that one stays without a maker.</summary>
    internal static void SetResult(Node node, Value old, Value value)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(value);
        var index = Array.IndexOf(node.OutputArray, old);
        if (index < 0 || value.Producer is not null || value.Constant is not null)
        {
            throw new InvalidOperationException($"{node} cannot make '{value.Name}' instead of '{old.Name}': expected a result of it, and a value that nothing makes.");
        }

        node.OutputArray[index] = value;
        (old.Producer, value.Producer) = (null, node);
    }

    /// <summary>Lets all readers of a value, and the outputs of this graph, read another.</summary>
    public void ReplaceUses(Value old, Value replacement)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(replacement);
        if (ReferenceEquals(old, replacement))
        {
            return;
        }

        foreach (var (consumer, times) in old.Consumers.CountBy(node => node))
        {
            consumer.ReplaceInputs(old, replacement, times);
        }

        old.ClearConsumers();
        _outputs.Replace(old, replacement);
    }

    /// <summary>Puts the nodes in a new order, which must hold exactly the same nodes; the verifier checks that it is topological.</summary>
    public void Reorder(IEnumerable<Node> order)
    {
        var nodes = order.ToList();
        if (nodes.Count != _nodes.Count || !new HashSet<Node>(nodes).SetEquals(_nodes))
        {
            throw new ArgumentException("A new order holds the same nodes, each once.", nameof(order));
        }

        _nodes.Set(nodes);
    }

    /// <summary>A name that no value here or around has: the wish itself or with a number behind it.</summary>
    public string UniqueValueName(string wish)
    {
        var name = wish;
        var first = _valueCounters.GetValueOrDefault(wish, 1);
        for (var i = first; FindValue(name) is not null; i++)
        {
            name = $"{wish}_{i}";
            if (i > first + FewNames)
            {
                _valueCounters[wish] = i;
            }
        }

        return name;
    }

    private const int FewNodes = 8;
    private const int FewNames = 16;

    private readonly HashSet<string> _nodeNames = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _nameCounters = new(StringComparer.Ordinal);

    /// <summary>For wishes that many had, the number from which to look for a free one.</summary>
    private readonly Dictionary<string, int> _valueCounters = new(StringComparer.Ordinal);

    private string UniqueNodeName(string name, string opType)
    {
        var wish = name.Length > 0 ? name : opType;
        if (name.Length > 0 && !_nodeNames.Contains(name))
        {
            return name;
        }

        string candidate;
        do
        {
            var count = _nameCounters.GetValueOrDefault(wish) + 1;
            _nameCounters[wish] = count;
            candidate = $"{wish}_{count}";
        }
        while (_nodeNames.Contains(candidate));

        return candidate;
    }

    private static void Connect(Node node)
    {
        foreach (var input in node.InputArray)
        {
            input?.AddConsumer(node);
        }

        foreach (var output in node.OutputArray)
        {
            if (output is not null)
            {
                output.Producer = node;
            }
        }

        node.HoldBodies();
    }

    private void Disconnect(Node node)
    {
        node.Position = -1;
        _nodeNames.Remove(node.Name);
        foreach (var input in node.InputArray)
        {
            input?.RemoveConsumer(node);
        }

        foreach (var output in node.OutputArray)
        {
            if (output is not null)
            {
                output.Producer = null;
            }
        }

        node.ReleaseBodies();
    }
}
