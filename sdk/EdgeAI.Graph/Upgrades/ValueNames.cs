namespace EdgeAI.Graph.Upgrades;

/// <summary>The names of all values of a model, in all its graphs: a new name must clash with none, not even in a subgraph.</summary>
internal sealed class ValueNames(Model model)
{
    private readonly HashSet<string> _taken = [.. ShapeInference.Graphs(model.Graph).SelectMany(graph => graph.Values.Keys)];
    private readonly Dictionary<string, int> _counters = new(StringComparer.Ordinal);

    /// <summary>The wish itself, or with a number behind it.</summary>
    public string Unique(string wish)
    {
        var name = wish;
        while (!_taken.Add(name))
        {
            _counters[wish] = _counters.GetValueOrDefault(wish) + 1;
            name = $"{wish}_{_counters[wish]}";
        }

        return name;
    }
}
