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
    private readonly Dictionary<string, int> _makers = new(StringComparer.Ordinal);
    private readonly State[] _states;
    private readonly List<NodeParts> _sorted = [];

    private NodeOrder(List<NodeParts> nodes, int maxDepth)
    {
        (_nodes, _maxDepth, _states) = (nodes, maxDepth, new State[nodes.Count]);
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
    public static List<NodeParts> Sort(List<NodeParts> nodes, ModelGraph graph, int maxDepth) =>
        IsSorted(nodes, graph) ? nodes : new NodeOrder(nodes, maxDepth).Run(graph.Name);

    private static bool IsSorted(List<NodeParts> nodes, ModelGraph graph)
    {
        var made = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            // Subgraphs are not looked into here: a capture from later on sends the graph to the slow path below.
            if (node.HasSubgraphs || node.Inputs.Exists(name => name.Length > 0 && !made.Contains(name) && graph.FindValue(name) is null))
            {
                return false;
            }

            made.UnionWith(node.Outputs);
        }

        return true;
    }

    private List<NodeParts> Run(string graph)
    {
        for (var i = 0; i < _nodes.Count; i++)
        {
            Visit(i, graph);
        }

        return _sorted;
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
                throw new ModelFormatException($"Graph '{graph}': node '{_nodes[need].Name}' ({_nodes[need].OpType}) needs its own result, through '{_nodes[top.Node].Name}' ({_nodes[top.Node].OpType}): the graph has a cycle.");
            }

            Push(stack, need);
        }
    }

    private void Push(Stack<(int Node, List<int> Needs, int Next)> stack, int node)
    {
        if (_states[node] == State.New)
        {
            _states[node] = State.Waiting;
            stack.Push((node, [.. Reads(_nodes[node], 0).Where(_makers.ContainsKey).Select(name => _makers[name]).Distinct()], 0));
        }
    }

    private IEnumerable<string> Reads(NodeParts node, int depth)
    {
        if (depth > _maxDepth)
        {
            throw new ModelFormatException($"Subgraphs stand in each other deeper than {_maxDepth}.");
        }

        var inner = node.Subgraphs().Select(GraphParts.Collect).SelectMany(graph =>
            graph.Nodes.Select(message => NodeParts.Collect(message, graph.Name)).SelectMany(child => Reads(child, depth + 1)));
        return node.Inputs.Concat(inner).Where(name => name.Length > 0);
    }
}
