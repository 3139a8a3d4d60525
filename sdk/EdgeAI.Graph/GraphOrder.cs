namespace EdgeAI.Graph;

/// <summary>Places of nodes in a graph's order; an inner node has the place of the node that holds its graph.</summary>
internal sealed class GraphOrder
{
    private readonly Dictionary<Node, int> _indices = [];

    public GraphOrder(ModelGraph graph)
    {
        for (var i = 0; i < graph.Nodes.Count; i++)
        {
            Add(graph.Nodes[i], i);
        }
    }

    public int IndexOf(Node node) => _indices.GetValueOrDefault(node, int.MaxValue);

    /// <summary>−1 for inputs, constants and values of the graphs around.</summary>
    public int IndexOfProducer(Value value) => value.Producer is { } producer ? _indices.GetValueOrDefault(producer, -1) : -1;

    private void Add(Node node, int index)
    {
        _indices[node] = index;
        foreach (var inner in ShapeInference.Subgraphs(node).SelectMany(graph => graph.Nodes))
        {
            Add(inner, index);
        }
    }
}
