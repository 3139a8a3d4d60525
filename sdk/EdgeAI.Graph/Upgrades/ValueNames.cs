namespace EdgeAI.Graph.Upgrades;

/// <summary>The names of all values of a model, in all its graphs: a new name must clash with none, not even in a subgraph.</summary>
internal sealed class ValueNames(Model model)
{
    private const int LongestPart = 200;

    private readonly HashSet<string> _taken = [.. ShapeInference.Graphs(model.Graph).SelectMany(graph => graph.Values.Keys)];
    private readonly Dictionary<string, int> _counters = new(StringComparer.Ordinal);

    /// <summary>
    /// The name of what stands in something: "outer/inner". Of names longer than any that tools write only the ends, or a file of one such
    /// name around many nodes would ask for gigabytes.
    /// </summary>
    public static string Inner(string outer, string inner) => $"{End(outer)}/{End(inner)}";

    private static ReadOnlySpan<char> End(string name) => name.AsSpan(Math.Max(0, name.Length - LongestPart));

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
