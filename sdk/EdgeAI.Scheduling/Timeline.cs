using System.Collections.Immutable;

namespace EdgeAI.Scheduling;

/// <summary>
/// When everything runs, from 0 on. A device runs one segment at a time and a link moves one value at a time; copies hold
/// their link and neither device. A segment starts when all that it reads is on its device, its launch comes first, and what
/// it makes is there when it ends.
/// </summary>
/// <param name="Segments">Start and end of each segment, by its index.</param>
/// <param name="Copies">Start and end of each copy, in the order in which the links take them.</param>
/// <param name="Items">Start and end of each item inside its segment, by its index.</param>
/// <param name="Makespan">The end of the last segment or copy.</param>
public sealed record Timeline(ImmutableArray<DeviceSpan> Segments, ImmutableArray<CopySpan> Copies, ImmutableArray<DeviceSpan> Items, double Makespan);

/// <summary>Something that holds a device from a start to an end, in the problem's unit.</summary>
public readonly record struct DeviceSpan(int Device, double Start, double End);

/// <summary>A value that holds a link from a start to an end, in the problem's unit.</summary>
public readonly record struct CopySpan(int Value, int From, int To, double Start, double End);
