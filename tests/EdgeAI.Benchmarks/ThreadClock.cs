using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EdgeAI.Benchmarks;

/// <summary>Processor time of the calling thread: what it takes however many others want the processor. Wall time where the system is not Linux.</summary>
internal static partial class ThreadClock
{
    private const int ThreadProcessorTime = 3;

    /// <summary>Milliseconds of one call on this thread.</summary>
    public static double Milliseconds(Action action)
    {
        var started = Now();
        action();
        return Now() - started;
    }

    private static double Now()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Stopwatch.GetTimestamp() * 1e3 / Stopwatch.Frequency;
        }

        _ = ReadClock(ThreadProcessorTime, out var time);
        return (time.Seconds * 1e3) + (time.Nanoseconds / 1e6);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ReadClock(int clock, out TimeOfClock time);

    private readonly record struct TimeOfClock(long Seconds, long Nanoseconds);
}
