using System.Collections.Immutable;

namespace EdgeAI.Runtime;

/// <summary>What a frame of a stream took. Unlike the frame, it stays as it is when the next one is read.</summary>
/// <param name="Number">Place in the order of submission.</param>
/// <param name="WallStart">When it was submitted, in seconds since the stream was opened on this machine's clock; its steps' starts count from then.</param>
/// <param name="SimulatedStart">The same on a <see cref="Hal.VirtualClock"/>; NaN where the stream has another.</param>
/// <param name="Steps">As many as the plan has.</param>
public sealed record FrameTrace(long Number, double WallStart, double SimulatedStart, ImmutableArray<StepTrace> Steps);
