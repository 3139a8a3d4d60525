using System.Collections.Immutable;

namespace EdgeAI.Scheduling;

/// <summary>
/// What devices and links do for each frame of a stream. With enough frames in flight the slowest of them sets the pace,
/// whatever the order within a frame.
/// </summary>
/// <param name="Period">The time from one frame to the next: the largest load.</param>
/// <param name="Bottleneck">The device, or the link as "from → to", that has it.</param>
/// <param name="DeviceLoads">Items and launches per frame, by device.</param>
/// <param name="LinkLoads">Copies per frame, by the problem's links, contention included.</param>
/// <param name="CopyContention">How many times as long as alone a copy takes, because others use the memory too.</param>
/// <param name="IsChainOfStages">Whether each device runs one segment per frame only.</param>
public sealed record Pipeline(double Period, string Bottleneck, ImmutableArray<double> DeviceLoads, ImmutableArray<double> LinkLoads, double CopyContention, bool IsChainOfStages);
