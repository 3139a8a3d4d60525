namespace EdgeAI.Scheduling;

/// <summary>How to solve; the defaults fit networks of any size.</summary>
public sealed record PlacementOptions
{
    /// <summary>The defaults.</summary>
    public static PlacementOptions Default { get; } = new();

    /// <summary>What to minimize.</summary>
    public PlacementObjective Objective { get; init; } = PlacementObjective.AdditiveWithLaunches;

    /// <summary>The largest table that exact elimination may build; past it a search with a bound takes over. At least 4096.</summary>
    public int MaxTableEntries { get; init; } = 1 << 22;

    /// <summary>How many partial segment orders are kept for three devices and more (for two the order is exact). At least 1.</summary>
    public int BeamWidth { get; init; } = 16;

    /// <summary>How many rounds of improvement at most follow a first answer that is not proved optimal. Not negative.</summary>
    public int ImprovementRounds { get; init; } = 8;
}
