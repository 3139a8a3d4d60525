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

    /// <summary>For <see cref="PlacementObjective.Throughput"/>: how many times as long as alone a copy takes, because others use the memory too. At least 1.</summary>
    public double CopyContention { get; init; } = 1;

    /// <summary>The most seconds (sum with launches) that a placement may take; for <see cref="PlacementObjective.Energy"/>, null for any.</summary>
    public double? LatencyBudget { get; init; }

    /// <summary>The most joules that a placement may take; for <see cref="PlacementObjective.AdditiveWithLaunches"/>, null for any.</summary>
    public double? EnergyBudget { get; init; }
}
