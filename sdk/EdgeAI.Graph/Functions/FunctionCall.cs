using EdgeAI.Graph.Upgrades;

namespace EdgeAI.Graph.Functions;

/// <summary>One call that is replaced by a copy of the function's body.</summary>
/// <param name="call">The node that calls; it is taken out of its graph.</param>
/// <param name="function">What it calls.</param>
/// <param name="names">Names that are taken.</param>
/// <param name="size">Bounds what is copied.</param>
/// <param name="copied">Gets each copy, in subgraphs too; with the node that it is a copy of where that one came with the call and not with the function.</param>
/// <param name="place">Gets the copied nodes of the body's own level, in order.</param>
internal sealed class FunctionCall(Node call, ModelFunction function, ValueNames names, UnfoldedSize size, FunctionCall.Copied copied, Action<Node> place)
{
    /// <summary>Copies of the values of the body, and of the subgraphs in which a copy is being made: of one graph there may be many.</summary>
    private readonly List<Dictionary<Value, Value?>> _scopes = [NewScope()];
    private int _givenDepth;

    public delegate void Copied(Node copy, Node? given);

    private Dictionary<Value, Value?> Body => _scopes[0];

    /// <exception cref="ModelFormatException">The call has more operands or results than the function, or reads a result that nothing makes.</exception>
    public void Expand()
    {
        if (call.Inputs.Count > function.Inputs.Length || call.Outputs.Count > function.Outputs.Length)
        {
            throw Error($"found {call.Inputs.Count} operands and {call.Outputs.Count} results; expected at most {function.Inputs.Length} and {function.Outputs.Length}");
        }

        var (inputs, outputs) = (call.Inputs.ToArray(), call.Outputs.ToArray());
        call.Graph.Detach(call);
        for (var i = 0; i < function.Body.Inputs.Count; i++)
        {
            Body[function.Body.Inputs[i]] = i < inputs.Length ? inputs[i] : null;
        }

        var copies = MapOutputs(outputs);
        foreach (var constant in function.Body.Constants.Where(value => !Body.ContainsKey(value)))
        {
            Body[constant] = call.Graph.AddConstant(names.Unique(Inner(constant.Name)), constant.Constant!);
        }

        foreach (var node in function.Body.Nodes)
        {
            place(Copy(node, call.Graph));
        }

        foreach (var given in ShapeInference.Subgraphs(call).ToList())
        {
            Release(given);
        }

        copies.ForEach(copy => place(call.Graph.CreateNode("Identity", [Body.GetValueOrDefault(copy.Source) ?? throw Missing(copy.Source)], [copy.Result], name: Inner("result"))));
    }

    /// <summary>
    /// Results that a node of the body makes are the call's own values. One that is an operand of the function, or the same as another
    /// result, needs an Identity.
    /// </summary>
    private List<(Value Source, Value Result)> MapOutputs(Value?[] outputs)
    {
        var copies = new List<(Value, Value)>();
        for (var i = 0; i < outputs.Length; i++)
        {
            if (outputs[i] is { } result)
            {
                var source = function.Body.Outputs[i];
                if (source.Producer is null || !Body.TryAdd(source, result))
                {
                    copies.Add((source, result));
                }
            }
        }

        return copies;
    }

    private Node Copy(Node node, ModelGraph graph)
    {
        var inputs = node.Inputs.Select(input => input is null ? null : Find(node, input)).ToArray();
        var attributes = CopyAttributes(node, graph);
        var outputs = node.Outputs.Select(output => output is null ? null : CopyValue(output, graph)).ToArray();
        var copy = graph.CreateNode(node.OpType, inputs, outputs, attributes, Inner(node.Name), node.Domain);
        (copy.DocString, copy.Metadata, copy.Overload) = (node.DocString, node.Metadata, node.Overload);
        size.Add(1);
        copied(copy, _givenDepth > 0 ? node : null);
        return copy;
    }

    /// <summary>The copy of a value of the body. A subgraph that the call gives reads values around the call, which stay what they are.</summary>
    private Value? Find(Node node, Value value) => TryFind(value, out var found) ? found
        : _givenDepth > 0 ? value
        : throw Error($"inner {node} reads '{value.Name}', which nothing in the function makes");

    private Value CopyValue(Value value, ModelGraph graph)
    {
        if (!_scopes[^1].TryGetValue(value, out var copy) || copy is null)
        {
            copy = graph.AddValue(names.Unique(Inner(value.Name)));
            (copy.DocString, copy.Metadata) = (value.DocString, value.Metadata);
            _scopes[^1][value] = copy;
        }

        return copy;
    }

    private bool TryFind(Value value, out Value? copy)
    {
        for (var i = _scopes.Count - 1; i >= 0; i--)
        {
            if (_scopes[i].TryGetValue(value, out copy))
            {
                return true;
            }
        }

        copy = null;
        return false;
    }

    /// <summary>
    /// Attributes with those of the call in the places of references; what neither call nor defaults give stays out. References in what the
    /// call gives are none to this function.
    /// </summary>
    private AttributeList CopyAttributes(Node node, ModelGraph graph) => new(node.Attributes.Select(attribute => attribute.Value switch
    {
        AttributeValue.Reference reference when _givenDepth > 0 => throw Error($"attribute '{attribute.Name}' of inner {node} stands for '{reference.FunctionAttribute}' of a function; expected a value outside of functions"),
        AttributeValue.Reference reference => Resolve(reference, graph) is { } value ? attribute with { Value = value } : null,
        var own => attribute with { Value = CopyGraphs(own, graph) },
    }).OfType<NodeAttribute>());

    private AttributeValue? Resolve(AttributeValue.Reference reference, ModelGraph graph)
    {
        if (!call.Attributes.TryGet(reference.FunctionAttribute, out var given))
        {
            return function.AttributeDefaults.FirstOrDefault(item => item.Name == reference.FunctionAttribute)?.Value is { } fallback ? CopyGraphs(fallback, graph) : null;
        }

        _givenDepth++;
        var copy = CopyGraphs(given, graph);
        _givenDepth--;
        return copy;
    }

    private AttributeValue CopyGraphs(AttributeValue value, ModelGraph graph) => value switch
    {
        AttributeValue.Graph body => new AttributeValue.Graph(Copy(body.Value, graph)),
        AttributeValue.Graphs bodies => new AttributeValue.Graphs([.. bodies.Values.Select(body => Copy(body, graph))]),
        _ => value,
    };

    /// <summary>A subgraph; it captures values of the body, which are mapped already.</summary>
    private ModelGraph Copy(ModelGraph body, ModelGraph parent)
    {
        var graph = new ModelGraph(body.Name, parent) { DocString = body.DocString, Metadata = body.Metadata };
        size.CheckDepth(graph);
        _scopes.Add(NewScope());
        foreach (var value in body.Values.Values.Where(value => value.Producer is null))
        {
            size.Add(1);
            var copy = CopyValue(value, graph);
            copy.Type = value.Type;
            if (value.Constant is { } constant)
            {
                graph.SetConstant(copy, constant);
            }
        }

        foreach (var input in body.Inputs)
        {
            graph.AddInput(_scopes[^1][input]!);
        }

        foreach (var sparse in body.SparseConstants)
        {
            graph.SparseConstants.Add(sparse with { Name = _scopes[^1][body.Values[sparse.Name]]!.Name });
        }

        graph.SetNodes([.. body.Nodes.Select(node => Copy(node, graph))]);
        foreach (var output in body.Outputs)
        {
            graph.AddOutput((TryFind(output, out var copy) ? copy : _givenDepth > 0 ? output : null) ?? throw Missing(output));
        }

        _scopes.RemoveAt(_scopes.Count - 1);
        return graph;
    }

    /// <summary>A subgraph that stood in the call reads nothing any more.</summary>
    private static void Release(ModelGraph graph)
    {
        foreach (var node in graph.Nodes)
        {
            foreach (var inner in ShapeInference.Subgraphs(node))
            {
                Release(inner);
            }

            graph.Detach(node);
        }
    }

    private static Dictionary<Value, Value?> NewScope() => new(ReferenceEqualityComparer.Instance);

    private string Inner(string name) => ValueNames.Inner(call.Name, name);

    private ModelFormatException Missing(Value value) => Error($"result '{value.Name}' is an operand that the call leaves out");

    private ModelFormatException Error(string reason) => new($"Call {call} of function '{FunctionTable.NameOf(function)}': {reason}.");
}
