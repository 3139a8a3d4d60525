using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EdgeAI.Benchmarks;

/// <summary>Processor time of all threads of this process: what work takes however many others want the processor. Wall time where the system is not Linux.</summary>
internal static partial class ProcessorClock
{
    private const int ProcessTime = 2;

    /// <summary>Milliseconds that the process had during one call.</summary>
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

        _ = ReadClock(ProcessTime, out var time);
        return (time.Seconds * 1e3) + (time.Nanoseconds / 1e6);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ReadClock(int clock, out TimeOfClock time);

    private readonly record struct TimeOfClock(long Seconds, long Nanoseconds);
}
