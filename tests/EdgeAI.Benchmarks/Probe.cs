using System.Diagnostics;
using System.Globalization;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Runtime;

namespace EdgeAI.Benchmarks;

/// <summary>What a process of its own does once with a model, and what memory it takes. The parent starts this program again.</summary>
internal static class Probe
{
    /// <summary>The verb that a child is started with; not for people.</summary>
    public const string Verb = "probe";

    /// <summary>Bytes that a load has added: private memory, pages of mapped files, and the peak of both while it lasted.</summary>
    public sealed record Growth(long Anonymous, long File, long Peak);

    /// <summary>Runs a child to its end.</summary>
    /// <param name="what">What it does.</param>
    /// <param name="path">The model.</param>
    /// <param name="warmUp">A model to do it with first, so that only the second load is measured; the growth is null without.</param>
    public static Growth? Start(string what, string path, string? warmUp = null)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        string[] arguments = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        foreach (var argument in (string[])[.. arguments, Verb, what, path, .. warmUp is null ? Array.Empty<string>() : [warmUp]])
        {
            start.ArgumentList.Add(argument);
        }

        using var child = Process.Start(start)!;
        var line = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        if (child.ExitCode != 0)
        {
            throw new InvalidOperationException($"The probe '{what}' of {path} ended with {child.ExitCode}.");
        }

        long[] numbers = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
        return numbers.Length == 3 ? new(numbers[0], numbers[1], numbers[2]) : null;
    }

    /// <summary>The child's side.</summary>
    public static int Run(ReadOnlySpan<string> arguments)
    {
        var (what, path) = (arguments[0], arguments[1]);
        if (arguments.Length == 2)
        {
            GC.KeepAlive(Load(what, path));
            return 0;
        }

        GC.KeepAlive(Load(what, arguments[2]));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        File.WriteAllText("/proc/self/clear_refs", "5");
        var (anonymous, file, peak) = (Status("RssAnon"), Status("RssFile"), Status("VmHWM"));
        var loaded = Load(what, path);
        Console.WriteLine($"{Status("RssAnon") - anonymous} {Status("RssFile") - file} {Status("VmHWM") - peak}");
        GC.KeepAlive(loaded);
        return 0;
    }

    private static object? Load(string what, string path) => what switch
    {
        "nothing" => null,
        "door" => DoorBenchmark.Load(path),
        "runtime" => EdgeRuntime.Create(devices => devices.AddCpu()).Load(path),
        "executor" => new Executor(PlanBundle.Open(path).Plan, new DeviceCatalog([DeviceFinding.Found(new CpuDevice())])),
        "runtime-plain" => EdgeRuntime.Create(devices => devices.AddCpu(NoPrepacking)).Load(path),
        "runtime-flat" => EdgeRuntime.Create(devices => devices.AddCpu(NoPrepacking with { Optimization = GraphOptimization.Extended })).Load(path),
        "session" => RuntimeSession.Open(new CpuDevice(), path),
        "session-bytes" => RuntimeSession.Open(new CpuDevice(), File.ReadAllBytes(path)),
        _ => throw new ArgumentException($"'{what}' is nothing that a probe does.", nameof(what)),
    };

    private static CpuOptions NoPrepacking { get; } = new()
    {
        SessionEntries = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add("session.disable_prepacking", "1"),
    };

    /// <summary>Bytes of a line of /proc/self/status.</summary>
    private static long Status(string name) =>
        1024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
}
