namespace EdgeAI.Scheduling;

/// <summary>What a placement minimizes, and what a certificate speaks of.</summary>
public enum PlacementObjective
{
    /// <summary>Items' costs plus copies, each value copied to a device at most once.</summary>
    Additive,

    /// <summary>The additive sum plus the launch cost of every segment.</summary>
    AdditiveWithLaunches,
}
