using System.Collections.Immutable;

namespace EdgeAI.Scheduling;

/// <summary>No placement exists: every device refuses some item. The message names the items and each device's reason.</summary>
public sealed class InfeasiblePlacementException : PlacementException
{
    private const int Shown = 5;

    /// <summary>Without a message.</summary>
    public InfeasiblePlacementException()
    {
    }

    /// <summary>With a message.</summary>
    public InfeasiblePlacementException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    public InfeasiblePlacementException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>For the items of a problem that all devices refuse.</summary>
    public InfeasiblePlacementException(PlacementProblem problem, ImmutableArray<int> items)
        : base(Describe(problem ?? throw new ArgumentNullException(nameof(problem)), items)) => Items = items;

    /// <summary>The items that all devices refuse.</summary>
    public ImmutableArray<int> Items { get; } = [];

    private static string Describe(PlacementProblem problem, ImmutableArray<int> items)
    {
        var lines = items.Take(Shown).Select(item => Describe(problem, item));
        var rest = items.Length > Shown ? $" (and {items.Length - Shown} more items)" : "";
        return $"No device takes {string.Join("; nor ", lines)}{rest}.";
    }

    private static string Describe(PlacementProblem problem, int item)
    {
        var reasons = problem.Devices.Select((device, index) => $"{device.Name}: {problem.Costs[item, index].Refusal}");
        return $"'{problem.Items[item].Name}' ({string.Join(", ", reasons)})";
    }
}
