namespace EdgeAI.Scheduling;

/// <summary>What the costs of a problem are measured in. The solver does not care; certificates print it.</summary>
public enum PlacementUnit
{
    /// <summary>Seconds: the sum is the latency of one frame when nothing overlaps.</summary>
    Seconds,

    /// <summary>Joules: the sum is the energy of one frame.</summary>
    Joules,
}
