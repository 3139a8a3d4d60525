namespace EdgeAI.Graph;

/// <summary>Places of nodes in a graph's order; an inner node has the place of the node that holds its graph.</summary>
internal static class GraphOrder
{
    /// <summary>The end where the node stands neither in the graph nor below it.</summary>
    public static long PlaceOf(ModelGraph graph, Node node) => Holder(graph, node) is { Position: >= 0 } own ? own.Position : long.MaxValue;

    /// <summary>−1 for inputs, constants and values of the graphs around.</summary>
    public static long PlaceOfProducer(ModelGraph graph, Value value) =>
        value.Producer is { } producer && Holder(graph, producer) is { } own ? own.Position : -1;

    /// <summary>The node of <paramref name="graph"/> that is the node or holds it at any depth.</summary>
    public static Node? Holder(ModelGraph graph, Node node)
    {
        if (ReferenceEquals(node.Graph, graph))
        {
            return node;
        }

        var inner = node.Graph;
        while (inner.Parent is { } parent && !ReferenceEquals(parent, graph))
        {
            inner = parent;
        }

        return inner.Parent is null ? null : inner.Holder;
    }
}
