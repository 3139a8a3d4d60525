using EdgeAI.Graph;

namespace EdgeAI.Compiler.Partitioning;

/// <summary>What a node reads from the graph that it stands in, its subgraphs included.</summary>
internal static class NodeUses
{
    /// <summary>Operands and values captured by subgraphs, constants included; each once.</summary>
    public static IEnumerable<Value> Of(Node node)
    {
        var seen = new HashSet<Value>();
        return Reads(node).Where(value => BelongsTo(value, node.Graph) && seen.Add(value));
    }

    /// <summary>The same without constants.</summary>
    public static IEnumerable<Value> RunTime(Node node) => Of(node).Where(value => value.Constant is null);

    /// <summary>Subgraphs of a node, one level deep.</summary>
    public static IEnumerable<ModelGraph> Subgraphs(Node node) => node.Attributes.SelectMany(attribute => attribute.Value switch
    {
        AttributeValue.Graph one => [one.Value],
        AttributeValue.Graphs many => many.Values,
        _ => Enumerable.Empty<ModelGraph>(),
    });

    private static IEnumerable<Value> Reads(Node node)
    {
        var own = node.Inputs.OfType<Value>();
        var inner = Subgraphs(node).SelectMany(graph => graph.Nodes.SelectMany(Reads).Concat(graph.Outputs));
        return own.Concat(inner);
    }

    private static bool BelongsTo(Value value, ModelGraph graph) =>
        graph.Values.TryGetValue(value.Name, out var found) && ReferenceEquals(found, value);
}
