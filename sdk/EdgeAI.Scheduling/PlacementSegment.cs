using System.Collections.Immutable;

namespace EdgeAI.Scheduling;

/// <summary>A maximal run of items on one device in the placement's topological order; it is launched as one.</summary>
/// <param name="Device">The device's index.</param>
/// <param name="Items">The items, in the order of execution.</param>
public sealed record PlacementSegment(int Device, ImmutableArray<int> Items);
