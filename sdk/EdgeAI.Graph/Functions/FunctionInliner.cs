using EdgeAI.Graph.Upgrades;

namespace EdgeAI.Graph.Functions;

/// <summary>
/// Unfolds calls, outermost first, so that an attribute that a call leaves out gets the default of the function that misses it. Depth
/// and size were bounded before. Each graph's order of nodes is made anew once: linear in the unfolded size.
/// </summary>
internal sealed class FunctionInliner(Model model, FunctionTable table, FunctionInliningOptions options)
{
    private readonly ValueNames _names = new(model);
    private readonly Dictionary<Node, long> _versions = new(ReferenceEqualityComparer.Instance);
    private readonly UnfoldedSize _size = new(options);

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
            new FunctionCall(node, function, _names, _size, (copy, given) => Mark(copy, given, function), inner => Unfold(inner, nodes)).Expand();
            return;
        }

        foreach (var body in ShapeInference.Subgraphs(node))
        {
            Unfold(body);
        }

        nodes.Add(node);
    }

    /// <summary>Notes the version that a copy is written in: the function's, or that of the node itself where the call gave it.</summary>
    private void Mark(Node copy, Node? given, ModelFunction function)
    {
        if (given is null ? function.OpsetImports.TryGetValue("", out var version) : _versions.TryGetValue(given, out version))
        {
            _versions[copy] = version;
        }
    }
}
