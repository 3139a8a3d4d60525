using System.Collections.Immutable;
using EdgeAI.Graph.Upgrades;

namespace EdgeAI.Graph.Functions;

/// <summary>
/// Unfolds calls, outermost first, so that an attribute that a call leaves out gets the default of the function that misses it. Depth
/// and size were bounded before. Each graph's order of nodes is made anew once: linear in the unfolded size.
/// </summary>
internal sealed class FunctionInliner(Model model, FunctionTable table)
{
    private readonly ValueNames _names = new(model);
    private readonly Dictionary<Node, long> _versions = new(ReferenceEqualityComparer.Instance);

    /// <summary>Calls by function.</summary>
    public Dictionary<ModelFunction, int> Calls { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>The version of ai.onnx that an unfolded node is written in; null for the model's own.</summary>
    public long? VersionOf(Node node) => _versions.TryGetValue(node, out var version) ? version : null;

    public void Run() => Unfold(model.Graph);

    private void Unfold(ModelGraph graph)
    {
        var nodes = new List<Node>(graph.Nodes.Count);
        foreach (var node in graph.Nodes.ToList())
        {
            Unfold(node, nodes);
        }

        graph.SetNodes(nodes);
    }

    private void Unfold(Node node, List<Node> nodes)
    {
        if (table.TryGet(node, out var function))
        {
            Calls[function] = Calls.GetValueOrDefault(function) + 1;
            new FunctionCall(node, function, _names, inner => Place(inner, function, nodes)).Expand();
            return;
        }

        foreach (var body in ShapeInference.Subgraphs(node))
        {
            Unfold(body);
        }

        nodes.Add(node);
    }

    /// <summary>A node of an unfolded body: a call in it is unfolded in its turn.</summary>
    private void Place(Node node, ModelFunction function, List<Node> nodes)
    {
        if (function.OpsetImports.TryGetValue("", out var version))
        {
            Mark(node, version);
        }

        Unfold(node, nodes);
    }

    private void Mark(Node node, long version)
    {
        _versions[node] = version;
        foreach (var inner in ShapeInference.Subgraphs(node).SelectMany(graph => graph.Nodes).ToImmutableArray())
        {
            Mark(inner, version);
        }
    }
}
