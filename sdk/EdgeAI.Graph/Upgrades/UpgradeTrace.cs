using System.Collections.Immutable;

namespace EdgeAI.Graph.Upgrades;

/// <summary>Collects what rules do, in the order in which they first did something.</summary>
internal sealed class UpgradeTrace
{
    private readonly List<(string Rule, string Summary, List<string> Places)> _rows = [];
    private readonly Dictionary<string, List<string>> _places = new(StringComparer.Ordinal);

    public void Add(string rule, string summary, string place)
    {
        if (!_places.TryGetValue(rule, out var places))
        {
            _places[rule] = places = [];
            _rows.Add((rule, summary, places));
        }

        places.Add(place);
    }

    public ImmutableArray<AppliedUpgrade> ToImmutable() => [.. _rows.Select(row => new AppliedUpgrade(row.Rule, row.Summary, [.. row.Places]))];
}
