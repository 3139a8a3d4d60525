namespace EdgeAI.Graph;

/// <summary>A rule that looks at one node at a time and answers with a patch or nothing.</summary>
public abstract class GraphRewrite
{
    private const int MaximumRounds = 64;

    /// <summary>What the rule does, for traces and messages.</summary>
    public abstract string Name { get; }

    /// <summary>True for rules that work from the outputs to the inputs.</summary>
    protected virtual bool IsBackward => false;

    /// <summary>Offers the rule every node of the model's graphs, round after round, until it finds nothing more.</summary>
    /// <returns>Number of patches made.</returns>
    /// <exception cref="InvalidOperationException">The rule still finds something after 64 rounds, or a patch was refused.</exception>
    public int Apply(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var total = 0;
        for (var round = 0; round < MaximumRounds; round++)
        {
            var count = Round(model);
            total += count;
            if (count == 0)
            {
                return total;
            }
        }

        throw new InvalidOperationException($"Rewrite '{Name}' does not come to an end: it still finds something after {MaximumRounds} rounds.");
    }

    /// <summary>The change to make at this node, or null.</summary>
    protected abstract GraphPatch? Match(Model model, Node node);

    /// <summary>Called before each round.</summary>
    protected virtual void Prepare(Model model)
    {
    }

    private int Round(Model model)
    {
        Prepare(model);
        var count = 0;
        foreach (var graph in ShapeInference.Graphs(model.Graph).ToList())
        {
            var removed = new HashSet<Node>();
            foreach (var node in IsBackward ? graph.Nodes.Reverse().ToList() : [.. graph.Nodes])
            {
                if (!removed.Contains(node) && Match(model, node) is { } patch)
                {
                    patch.Apply();
                    removed.UnionWith(patch.Removals);
                    count++;
                }
            }
        }

        return count;
    }
}
