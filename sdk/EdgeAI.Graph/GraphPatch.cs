using EdgeAI.Graph.Inference;

namespace EdgeAI.Graph;

/// <summary>
/// A change to one graph that is collected first and then made as a whole or not at all. It never changes what a value is: a
/// replacement whose type contradicts the old one is refused.
/// </summary>
/// <param name="name">What the change does, for messages and traces.</param>
/// <param name="graph">The graph that it changes.</param>
public sealed class GraphPatch(string name, ModelGraph graph)
{
    private readonly List<Value> _newValues = [];
    private readonly HashSet<Value> _isNew = new(ReferenceEqualityComparer.Instance);
    private readonly List<NewNode> _newNodes = [];
    private readonly List<(Value Old, Value Replacement)> _replacements = [];
    private readonly List<(Node Node, int Index, Value? Value)> _inputs = [];
    private readonly HashSet<(Node Node, int Index)> _replacedInputs = [];
    private readonly HashSet<Node> _removals = [];
    private readonly List<Node> _added = [];
    private readonly List<Node> _moved = [];
    private readonly List<string> _wishes = [];
    private readonly HashSet<ModelGraph> _adopted = [];
    private bool _isApplied;

    /// <summary>Up to how many readers of a replacement look again at a patch that brings it more; what they read is the same.</summary>
    private const int FewReaders = 16;

    private sealed record NewNode(
        string OpType, Value?[] Inputs, Value?[] Outputs, AttributeList Attributes, string Name, string Domain);

    /// <summary>What the change does.</summary>
    public string Name { get; } = name;

    /// <summary>The graph that it changes.</summary>
    public ModelGraph Graph { get; } = graph;

    /// <summary>Nodes that it takes out.</summary>
    public IReadOnlyCollection<Node> Removals => _removals;

    /// <summary>Nodes that it has put in, in no order; empty before it is applied.</summary>
    internal IReadOnlyList<Node> Added => _added;

    /// <summary>A value that a new node will make. Its name becomes unique; where it replaces a value that vanishes, it takes over that name.</summary>
    public Value AddValue(string wish, ValueType? type)
    {
        var value = new Value(wish, type);
        _newValues.Add(value);
        _isNew.Add(value);
        return value;
    }

    /// <summary>A new constant; see <see cref="AddValue"/> for its name.</summary>
    public Value AddConstant(string wish, ConstantTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var value = AddValue(wish, new TensorType(tensor.Type, tensor.Shape));
        value.Constant = tensor;
        return value;
    }

    /// <summary>A new node over old and new values; it will stand before the first reader of what it makes. Makers are added before readers.</summary>
    public void AddNode(
        string opType, IEnumerable<Value?> inputs, IEnumerable<Value?> outputs, AttributeList? attributes = null, string name = "", string domain = "") =>
        _newNodes.Add(new(opType, [.. inputs], [.. outputs], attributes ?? AttributeList.Empty, name, domain));

    /// <summary>A new node without attributes; its only result.</summary>
    internal Value AddResult(string opType, ValueType? type, params IEnumerable<Value> inputs)
    {
        var result = AddValue("", type);
        AddNode(opType, inputs, [result]);
        return result;
    }

    /// <summary>Lets every reader of a value, and the graph's outputs, read another.</summary>
    public void Replace(Value old, Value replacement) => _replacements.Add((old, replacement));

    /// <summary>Lets one node read another value at one place.</summary>
    public void ReplaceInput(Node node, int index, Value? value)
    {
        _inputs.Add((node, index, value));
        _replacedInputs.Add((node, index));
    }

    /// <summary>Takes a node out, and the values that it makes.</summary>
    public void Remove(Node node) => _removals.Add(node);

    /// <summary>A graph in an attribute of a new node, which a node that goes has held until now.</summary>
    internal void AdoptBody(ModelGraph body) => _adopted.Add(body);

    /// <summary>
    /// True when a graph's output may be replaced by that value and keep its name: it is made by a node of the same graph and is
    /// no output itself. Any value that is no output may be replaced.
    /// </summary>
    public static bool CanReplace(ModelGraph graph, Value old, Value replacement)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(replacement);
        return !graph.Outputs.Contains(old)
            || (replacement.Producer is { } producer && ReferenceEquals(producer.Graph, graph) && !graph.Outputs.Contains(replacement));
    }

    /// <summary>Makes the change.</summary>
    /// <exception cref="InvalidOperationException">It would change a type, break the order, leave a reader without its value, or was applied before; the graph is as it was.</exception>
    public void Apply()
    {
        if (_isApplied)
        {
            throw Refusal("was applied before");
        }

        CheckReplacements();
        CheckRemovals();
        var places = CheckOrder();
        _isApplied = true;
        var outputs = _replacements.Select(pair => pair.Old).Where(Graph.Outputs.Contains).ToHashSet();
        Adopt();
        Insert(places);
        Rewire();
        RemoveNodes();
        TakeOverNames(outputs);
    }

    /// <summary>After the change: nodes that were put in, that read something else now, whose results lost a reader, or that are the last readers of something and stand before one; some more than once.</summary>
    internal IEnumerable<Node> Touched()
    {
        var freed = _removals.SelectMany(node => node.Inputs).OfType<Value>().Distinct().ToList();
        var alone = freed.Where(value => value.Consumers.Count == 1).Select(value => value.Consumers[0]).ToList();
        return _added
            .Concat(_moved)
            .Concat(_inputs.Select(item => item.Node))
            .Concat(freed.Select(value => value.Producer).OfType<Node>())
            .Concat(alone)
            .Concat(alone.SelectMany(node => node.Outputs).OfType<Value>().SelectMany(value => value.Consumers))
            .Where(node => node.Position >= 0);
    }

    private void CheckReplacements()
    {
        foreach (var (old, replacement) in _replacements)
        {
            CheckType(old.Type, replacement.Type, old);
            if (!_isNew.Contains(replacement) && !CanReplace(Graph, old, replacement))
            {
                throw Refusal($"replaces output '{old.Name}' by '{replacement.Name}', which cannot bear its name");
            }
        }

        foreach (var (node, index, value) in _inputs)
        {
            if (node.Input(index) is { } old && value is not null)
            {
                CheckType(old.Type, value.Type, old);
            }
        }
    }

    private void CheckType(ValueType? old, ValueType? replacement, Value value)
    {
        if (!TypeMerge.TryUnify(replacement, old, out _))
        {
            throw Refusal($"changes the type of '{value.Name}': found {replacement}; expected {old}");
        }
    }

    private void CheckRemovals()
    {
        var replaced = _replacements.Select(pair => pair.Old).ToHashSet();
        foreach (var output in _removals.SelectMany(node => node.Outputs).OfType<Value>().Where(output => !replaced.Contains(output)))
        {
            var reader = output.Consumers.FirstOrDefault(node => !_removals.Contains(node) && Reads(node, output));
            if (reader is not null || Graph.Outputs.Contains(output))
            {
                throw Refusal($"takes {output.Producer} out, whose result '{output.Name}' is read by {reader?.ToString() ?? "the graph's outputs"}");
            }
        }
    }

    /// <summary>True when the node still reads the value after single inputs were replaced.</summary>
    private bool Reads(Node node, Value value)
    {
        for (var i = 0; i < node.Inputs.Count; i++)
        {
            if (ReferenceEquals(node.Inputs[i], value) && !_replacedInputs.Contains((node, i)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Where the new nodes go: for each the node, of the present order, that it stands before (null: the end).</summary>
    private long[] CheckOrder()
    {
        if (_newNodes.Count == 0 && _inputs.Count == 0 && _replacements.TrueForAll(pair => pair.Replacement.Producer is null || IsBehindRemoved(pair)))
        {
            return [];
        }

        var readers = new Dictionary<Value, long>(ReferenceEqualityComparer.Instance);
        foreach (var (value, nodes) in Uses())
        {
            var first = nodes.Min(node => (long?)GraphOrder.PlaceOf(Graph, node)) ?? long.MaxValue;
            readers[value] = Math.Min(first, readers.GetValueOrDefault(value, long.MaxValue));
            if (value.Producer is not null && readers[value] <= GraphOrder.PlaceOfProducer(Graph, value))
            {
                throw Refusal($"lets a node read '{value.Name}' before it is made");
            }
        }

        return Places(readers);
    }

    /// <summary>Positions of the nodes that the new ones stand before.</summary>
    private long[] Places(Dictionary<Value, long> readers)
    {
        var places = new long[_newNodes.Count];
        var makers = Makers();
        for (var i = places.Length - 1; i >= 0; i--)
        {
            var node = _newNodes[i];
            places[i] = node.Outputs.OfType<Value>().Min(output => (long?)readers.GetValueOrDefault(output, long.MaxValue)) ?? long.MaxValue;
            foreach (var input in node.Inputs.OfType<Value>())
            {
                readers[input] = Math.Min(places[i], readers.GetValueOrDefault(input, long.MaxValue));
                if (makers.GetValueOrDefault(input, -1) > i || GraphOrder.PlaceOfProducer(Graph, input) >= places[i])
                {
                    throw Refusal("needs values that are made only after its results are read");
                }
            }
        }

        return places;
    }

    /// <summary>Which of the new nodes makes which value.</summary>
    private Dictionary<Value, int> Makers()
    {
        var makers = new Dictionary<Value, int>(ReferenceEqualityComparer.Instance);
        foreach (var (i, node) in _newNodes.Index())
        {
            foreach (var output in node.Outputs.OfType<Value>())
            {
                makers.TryAdd(output, i);
            }
        }

        return makers;
    }

    private static bool IsBehindRemoved((Value Old, Value Replacement) pair) =>
        pair.Old.Producer is { } producer && producer.Inputs.Contains(pair.Replacement);

    /// <summary>Which nodes will read which value.</summary>
    private IEnumerable<(Value Value, IEnumerable<Node> Readers)> Uses() =>
        _replacements.Select(pair => (pair.Replacement, pair.Old.Consumers.Where(node => !_removals.Contains(node))))
            .Concat(_inputs.Where(item => item.Value is not null).Select(item => (item.Value!, (IEnumerable<Node>)[item.Node])));

    private void Adopt()
    {
        var gone = _removals.SelectMany(node => node.Outputs).ToHashSet();
        var replaced = new Dictionary<Value, Value>(ReferenceEqualityComparer.Instance);
        foreach (var (old, replacement) in _replacements)
        {
            replaced.TryAdd(replacement, old);
        }

        foreach (var value in _newValues)
        {
            var old = replaced.GetValueOrDefault(value);
            value.Name = value.Name.Length > 0 ? value.Name : old is not null && gone.Contains(old) ? old.Name : "value";
            Graph.AdoptValue(value);
        }
    }

    private void Insert(long[] places)
    {
        // Places are positions in the present order; the nodes there keep standing while others are put before them.
        var before = places.Select(place => place == long.MaxValue ? null : Graph.NodeAt(place)).ToList();
        foreach (var i in Enumerable.Range(0, places.Length).OrderBy(i => places[i]))
        {
            var node = _newNodes[i];
            var index = before[i] is { } next ? Graph.IndexOf(next) : -1;
            _wishes.Add(node.Name);
            _added.Add(Graph.AddNode(node.OpType, node.Inputs, node.Outputs, node.Attributes, node.Name, node.Domain, index));
        }
    }

    private void Rewire()
    {
        foreach (var (node, index, value) in _inputs)
        {
            ModelGraph.SetInput(node, index, value);
        }

        foreach (var (old, replacement) in _replacements)
        {
            TypeMerge.TryUnify(replacement.Type, old.Type, out var type);
            var isNews = replacement.Consumers.Count <= FewReaders || replacement.Type != type;
            var moved = isNews ? [] : old.Consumers.ToList();
            replacement.Type = type;
            Graph.ReplaceUses(old, replacement);
            _moved.AddRange(isNews ? replacement.Consumers : moved);
        }
    }

    private void RemoveNodes()
    {
        if (_removals.Count == 0)
        {
            return;
        }

        Graph.RemoveNodes(_removals);
        foreach (var (node, wish) in _added.Zip(_wishes))
        {
            Graph.TryRename(node, wish);
        }

        foreach (var node in _removals)
        {
            foreach (var body in ShapeInference.Subgraphs(node))
            {
                Disconnect(body);
            }
        }

        foreach (var node in _adopted.Count == 0 ? [] : _added)
        {
            foreach (var body in ShapeInference.Subgraphs(node).Where(_adopted.Contains))
            {
                (body.Parent, body.Holder) = (Graph, node);
            }
        }
    }

    /// <summary>Inner nodes of what was taken out read outer values no more.</summary>
    private void Disconnect(ModelGraph body)
    {
        foreach (var inner in body.Nodes.SelectMany(ShapeInference.Subgraphs).Where(inner => !_adopted.Contains(inner)))
        {
            Disconnect(inner);
        }

        body.RemoveNodes(body.Nodes.ToHashSet());
    }

    private void TakeOverNames(HashSet<Value> outputs)
    {
        foreach (var value in _removals.SelectMany(node => node.Outputs).OfType<Value>())
        {
            Graph.RemoveValue(value);
        }

        foreach (var (old, replacement) in _replacements)
        {
            var name = old.Name;
            if (outputs.Contains(old) && ReferenceEquals(Graph.FindValue(name), old))
            {
                Graph.Rename(old, Graph.UniqueValueName(name));
            }

            if ((outputs.Contains(old) || _isNew.Contains(replacement)) && Graph.FindValue(name) is null)
            {
                Graph.Rename(replacement, name);
            }
        }
    }

    private InvalidOperationException Refusal(string reason) => new($"Patch '{Name}' on graph '{Graph.Name}' {reason}.");
}
