using System.Collections.Immutable;

namespace EdgeAI.Scheduling;

/// <summary>An answer to a <see cref="PlacementProblem"/>.</summary>
public sealed record Placement
{
    /// <summary>The device of each item.</summary>
    public required ImmutableArray<int> Devices { get; init; }

    /// <summary>The segments in the order of execution; together they hold every item once, in a topological order.</summary>
    public required ImmutableArray<PlacementSegment> Segments { get; init; }

    /// <summary>The copies, ordered by <see cref="Transfer.BeforeSegment"/>; a copy that is made from another comes after it.</summary>
    public required ImmutableArray<Transfer> Transfers { get; init; }

    /// <summary>The sum of the items' costs.</summary>
    public required double ItemCost { get; init; }

    /// <summary>The sum of the copies' costs.</summary>
    public required double TransferCost { get; init; }

    /// <summary>The sum of the segments' launch costs.</summary>
    public required double LaunchCost { get; init; }

    /// <summary>How good the placement is in the objective that was asked for.</summary>
    public required Certificate Certificate { get; init; }

    /// <summary>How good its additive sum is by itself: with launches in the objective it may rightly be above the bound.</summary>
    public required Certificate AdditiveCertificate { get; init; }

    /// <summary>Joules of items, copies and launches; 0 where the problem gives none.</summary>
    public double Energy { get; init; }

    /// <summary>When each segment and copy runs; only where the makespan was asked for.</summary>
    public Timeline? Timeline { get; init; }

    /// <summary>What each device and link does per frame; only where the throughput was asked for.</summary>
    public Pipeline? Pipeline { get; init; }

    /// <summary>Items' costs plus copies.</summary>
    public double AdditiveCost => ItemCost + TransferCost;

    /// <summary>Items' costs plus copies plus launches.</summary>
    public double TotalCost => AdditiveCost + LaunchCost;
}
