using EdgeAI.Graph;
using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Reading;

/// <summary>
/// The standard wants nodes after the makers of what they read; some tools do not keep to it and ONNX Runtime forgives them. The
/// file's order stays as far as it can.
/// </summary>
internal sealed class NodeOrder
{
    private readonly List<NodeParts> _nodes;
    private readonly int _maxDepth;
    private readonly NameTable _names;
    private readonly Dictionary<string, int> _makers = new(StringComparer.Ordinal);
    private readonly State[] _states;
    private readonly List<NodeParts> _sorted = [];

    private NodeOrder(List<NodeParts> nodes, int maxDepth, NameTable names)
    {
        (_nodes, _maxDepth, _names, _states) = (nodes, maxDepth, names, new State[nodes.Count]);
        for (var i = 0; i < nodes.Count; i++)
        {
            foreach (var output in nodes[i].Outputs)
            {
                _makers.TryAdd(output, i);
            }
        }
    }

    private enum State
    {
        New,
        Waiting,
        Done,
    }

    /// <summary>The nodes, each after the makers of its operands and of what its subgraphs capture.</summary>
    /// <exception cref="ModelFormatException">The nodes make a circle.</exception>
    public static List<NodeParts> Sort(List<NodeParts> nodes, string graph, int maxDepth, NameTable names)
    {
        var order = new NodeOrder(nodes, maxDepth, names);
        for (var i = 0; i < nodes.Count; i++)
        {
            order.Visit(i, graph);
        }

        return order._sorted;
    }

    /// <summary>Depth first with a stack of its own: a chain of a million nodes must not overflow the thread's.</summary>
    private void Visit(int start, string graph)
    {
        var stack = new Stack<(int Node, List<int> Needs, int Next)>();
        Push(stack, start);
        while (stack.TryPop(out var top))
        {
            if (top.Next == top.Needs.Count)
            {
                _states[top.Node] = State.Done;
                _sorted.Add(_nodes[top.Node]);
                continue;
            }

            stack.Push(top with { Next = top.Next + 1 });
            var need = top.Needs[top.Next];
            if (_states[need] == State.Waiting)
            {
                throw new ModelFormatException($"Graph '{graph}': node '{_nodes[need].Name}' ({_nodes[need].OpType}) needs its own result '{_nodes[need].Outputs.Find(_nodes[top.Node].Inputs.Contains)}', through '{_nodes[top.Node].Name}' ({_nodes[top.Node].OpType}): the graph has a cycle.");
            }

            Push(stack, need);
        }
    }

    private void Push(Stack<(int Node, List<int> Needs, int Next)> stack, int node)
    {
        if (_states[node] == State.New)
        {
            _states[node] = State.Waiting;
            var reads = new HashSet<string>(StringComparer.Ordinal);
            AddReads(_nodes[node], reads, 0);
            stack.Push((node, [.. reads.Where(_makers.ContainsKey).Select(name => _makers[name]).Distinct()], 0));
        }
    }

    /// <summary>What a node reads, and what its subgraphs read without making it.</summary>
    private void AddReads(NodeParts node, HashSet<string> reads, int depth)
    {
        if (depth > _maxDepth)
        {
            throw new ModelFormatException($"Subgraphs stand in each other deeper than {_maxDepth}.");
        }

        reads.UnionWith(node.Inputs);
        foreach (var graph in node.Subgraphs())
        {
            var (inner, own) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
            own.UnionWith(graph.Inputs.Select(input => Name(input, ValueFields.Name)));
            own.UnionWith(graph.Initializers.Select(tensor => Name(tensor, TensorFields.Name)));
            foreach (var child in graph.Nodes.Select(message => NodeParts.Collect(message, graph.Name, _names)))
            {
                AddReads(child, inner, depth + 1);
                own.UnionWith(child.Outputs);
            }

            inner.ExceptWith(own);
            reads.UnionWith(inner);
        }

        reads.Remove("");
    }

    private static string Name(ReadOnlyMemory<byte> message, int field)
    {
        var reader = new ProtoReader(message, "a name");
        var name = "";
        while (reader.Next())
        {
            if (reader.Field == field)
            {
                name = reader.Text();
            }
            else
            {
                reader.Skip();
            }
        }

        return name;
    }
}
