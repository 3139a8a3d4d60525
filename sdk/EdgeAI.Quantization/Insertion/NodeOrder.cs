using EdgeAI.Graph;

namespace EdgeAI.Quantization.Insertion;

/// <summary>A topological order that keeps the present one as far as it goes; nodes that stand too late come right before their first reader.</summary>
internal static class NodeOrder
{
    public static IReadOnlyList<Node> Of(ModelGraph graph)
    {
        var order = new List<Node>(graph.Nodes.Count);
        var seen = new HashSet<Node>();
        var pending = new Stack<Node>();
        foreach (var node in graph.Nodes)
        {
            pending.Push(node);
            while (pending.TryPeek(out var next))
            {
                var missing = Makers(next, graph).Where(maker => !seen.Contains(maker)).ToList();
                missing.ForEach(pending.Push);
                if (missing.Count == 0)
                {
                    pending.Pop();
                    Emit(next);
                }
            }
        }

        return order;

        void Emit(Node node)
        {
            if (seen.Add(node))
            {
                order.Add(node);
            }
        }
    }

    /// <summary>The nodes of the graph whose results a node reads, also inside its subgraphs.</summary>
    private static IEnumerable<Node> Makers(Node node, ModelGraph graph) =>
        ShapeInference.Subgraphs(node).SelectMany(ShapeInference.Graphs).SelectMany(body => body.Nodes).Prepend(node)
            .SelectMany(reader => reader.Inputs).Select(input => input?.Producer).OfType<Node>().Where(maker => ReferenceEquals(maker.Graph, graph));
}
