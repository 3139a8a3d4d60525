using System.Collections.Immutable;

namespace EdgeAI.Scheduling;

/// <summary>
/// Which item should run on which device? Items are numbered in a topological order: every value's consumers have
/// higher numbers than its producer. A pair of devices without a link copies through the host device, with which every
/// device must have links both ways.
/// </summary>
public sealed record PlacementProblem
{
    /// <summary>The most devices that a problem can have.</summary>
    public const int MaxDevices = 8;

    /// <summary>The devices, at most <see cref="MaxDevices"/>.</summary>
    public required ImmutableArray<PlacementDevice> Devices { get; init; }

    /// <summary>The items, in a topological order.</summary>
    public required ImmutableArray<PlacementItem> Items { get; init; }

    /// <summary>What each item costs on each device, or why it is refused.</summary>
    public required CostTable Costs { get; init; }

    /// <summary>The values that flow between items, into the model and out of it.</summary>
    public required ImmutableArray<PlacementValue> Values { get; init; }

    /// <summary>The links, at most one for each ordered pair of devices.</summary>
    public required ImmutableArray<Link> Links { get; init; }

    /// <summary>The device on which inputs lie and outputs must end.</summary>
    public int HostDevice { get; init; }

    /// <summary>The unit of all costs.</summary>
    public PlacementUnit Unit { get; init; } = PlacementUnit.Seconds;
}
