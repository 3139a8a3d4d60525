namespace EdgeAI.Graph.Rewrites;

/// <summary>Takes nodes out whose results nobody reads.</summary>
internal sealed class RemoveDead : GraphRewrite
{
    public override string Name => "remove-dead";

    protected internal override GraphPatch? Match(Model model, Node node)
    {
        if (node.Outputs.OfType<Value>().Any(output => output.Consumers.Count > 0 || node.Graph.Outputs.Contains(output)))
        {
            return null;
        }

        var patch = new GraphPatch(Name, node.Graph);
        patch.Remove(node);
        return patch;
    }

    /// <summary>Constants that nobody reads hold no node, so they need no patch.</summary>
    internal override IEnumerable<GraphPatch> Collect(Model model)
    {
        foreach (var graph in ShapeInference.Graphs(model.Graph).ToList())
        {
            foreach (var value in graph.Constants.Where(value => value.Consumers.Count == 0 && !graph.Inputs.Contains(value) && !graph.Outputs.Contains(value)).ToList())
            {
                graph.RemoveValue(value);
            }
        }

        return [];
    }
}
