using System.Diagnostics;

namespace EdgeAI.Runtime.Execution;

/// <summary>This machine's monotonic clock.</summary>
internal static class Ticks
{
    /// <summary>Seconds of one tick.</summary>
    public static readonly double Seconds = 1.0 / Stopwatch.Frequency;

    /// <summary>Seconds since some moment before the program.</summary>
    public static double Now => Stopwatch.GetTimestamp() * Seconds;
}
