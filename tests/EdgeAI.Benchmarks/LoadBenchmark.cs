using System.Diagnostics;
using System.Globalization;
using EdgeAI.Compiler;
using EdgeAI.Hal.Cpu;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>Where the time of loading goes.</summary>
internal static class LoadBenchmark
{
    private const int Rounds = 5;

    public static string Run(string part)
    {
        var names = BenchmarkModel.Names(part);
        using var cpu = new CpuDevice();
        return $"""
            # Loading, stage by stage

            Median milliseconds of {Rounds} loads, measured with `dotnet run -c Release --project tests/EdgeAI.Benchmarks -- load` on
            {Machine.Describe(cpu)} *read* and *devices* are what is outside of the compiler: the file before it, sessions and images after it.

            ## CPU alone

            {Table(DeviceSet.Cpu, names)}

            ## {DeviceSet.Simulated.Description}, profile hub

            {Table(DeviceSet.Simulated, names)}

            From bundles and from the cache, and the first load in a process: [bundles](bundles.md).

            """;
    }

    private static MarkdownTable Table(DeviceSet set, IReadOnlyList<string> names)
    {
        var table = new MarkdownTable(["model", "all", "read", .. ModelCompiler.StageNames, "devices"]);
        using var runtime = set.Create();
        foreach (var name in names)
        {
            Console.Error.WriteLine($"{set.Name,5} {table.RowCount + 1,3} of {names.Count}  {name}");
            var loads = Enumerable.Range(0, Rounds + 1).Select(_ => Load(BenchmarkModel.Of(name), runtime)).Skip(1).ToList();
            table.Add([name, .. Enumerable.Range(0, loads[0].Length).Select(column => Stopwatches.Median(loads.Select(load => load[column])).ToString("F1", CultureInfo.InvariantCulture))]);
        }

        return table;
    }

    /// <summary>All, read, each stage, devices.</summary>
    private static double[] Load(BenchmarkModel model, EdgeRuntime runtime)
    {
        var started = Stopwatch.GetTimestamp();
        var marks = new List<(string Stage, double At)>();
        var options = LoadOptions.Default with { OnStage = (stage, _) => marks.Add((stage, Elapsed(started))) };
        using var loaded = model.Load(runtime, options);
        var end = Elapsed(started);
        var before = marks.Select(mark => mark.At).ToList();
        return [end, before[0], .. before.Select((at, i) => at - (i == 0 ? at : before[i - 1])), end - before[^1]];
    }

    private static double Elapsed(long started) => Stopwatch.GetElapsedTime(started).TotalMilliseconds;
}
