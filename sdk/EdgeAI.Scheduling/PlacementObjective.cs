namespace EdgeAI.Scheduling;

/// <summary>What a placement minimizes, and what a certificate speaks of.</summary>
public enum PlacementObjective
{
    /// <summary>Items' costs plus copies, each value copied to a device at most once.</summary>
    Additive,

    /// <summary>The additive sum plus the launch cost of every segment.</summary>
    AdditiveWithLaunches,

    /// <summary>The time until the last output is on the host when devices and links work side by side.</summary>
    Makespan,

    /// <summary>The time from one frame to the next when frames are streamed: the load of the busiest device or link.</summary>
    Throughput,

    /// <summary>Joules of items, copies and launches.</summary>
    Energy,
}
