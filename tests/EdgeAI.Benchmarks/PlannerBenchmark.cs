using System.Globalization;
using EdgeAI.Compiler.Memory;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>The memory planner on public problems.</summary>
internal static class PlannerBenchmark
{
    private const int Rounds = 5;
    private const long Capacity = 1_048_576;

    /// <summary>Seconds of google/minimalloc's own program on a 2-core x86-64 machine, from the README beside the instances.</summary>
    private static readonly Dictionary<string, double> Published = new()
    {
        ["A"] = 3.45, ["B"] = 2.50, ["C"] = 0.49, ["D"] = 1.79, ["E"] = 2.62, ["F"] = 3.99, ["G"] = 0.85, ["H"] = 1.22, ["I"] = 2.48, ["J"] = 0.66, ["K"] = 0.46,
    };

    public static string Run()
    {
        var (instances, sums) = Instances();
        return $"""
            # The memory planner on public problems

            Medians of {Rounds} runs, after one to warm up, measured with `dotnet run -c Release --project tests/EdgeAI.Benchmarks -- planner`, one thread, on
            {Machine.Describe()} Every plan was checked by the naive validator. *nodes* are those of the exact search.

            ## The eleven MiniMalloc instances, capacity {Capacity} bytes

            *minimalloc* is google/minimalloc's own C++ (CPU seconds, another 2-core x86-64 machine); {sums}

            {instances}

            ## Live ranges that Vela's allocator was given for real networks

            {LiveRanges()}

            """;
    }

    private static (MarkdownTable Table, string Sums) Instances()
    {
        var table = new MarkdownTable(["instance", "buffers", "most live bytes", "height", "nodes", "ms", "minimalloc ms", "ratio", "result"]);
        var (ours, theirs) = (0.0, 0.0);
        foreach (var (name, seconds) in Published)
        {
            var problem = Read(SharedData.Path("benchmarks", "minimalloc", $"{name}.{Capacity}.csv"));
            var (plan, ms) = Measure(problem, new BufferPlanOptions(Capacity, Nodes: 5_000_000));
            (ours, theirs) = (ours + ms, theirs + (seconds * 1000));
            var result = BufferPlanValidator.FirstFault(problem, plan) ?? (plan.Height <= Capacity ? "fits" : "does not fit");
            table.Add(name, Text(problem.Buffers.Length), Text(problem.LowerBound), Text(plan.Height), Text(plan.Nodes), Text(ms), Text(seconds * 1000), $"{seconds * 1000 / ms:F0}", result);
        }

        return (table, $"together {theirs / 1000:F1} s, here {ours / 1000:F2} s.");
    }

    private static MarkdownTable LiveRanges()
    {
        var table = new MarkdownTable(["set", "buffers", "most live bytes", "height", "ms", "result"]);
        foreach (var file in Directory.GetFiles(SharedData.Path("benchmarks", "live-ranges"), "*.csv").Order(StringComparer.Ordinal))
        {
            var problem = Read(file);
            var (plan, ms) = Measure(problem, new BufferPlanOptions());
            var result = BufferPlanValidator.FirstFault(problem, plan) ?? (plan.IsOptimal ? "lowest" : "not proved lowest");
            table.Add(Path.GetFileNameWithoutExtension(file), Text(problem.Buffers.Length), Text(problem.LowerBound), Text(plan.Height), ms.ToString("F3", CultureInfo.InvariantCulture), result);
        }

        return table;
    }

    private static (BufferPlan Plan, double Ms) Measure(BufferPlanProblem problem, BufferPlanOptions options)
    {
        BufferPlan? plan = null;
        var ms = Stopwatches.Medians(Rounds, () => plan = BufferPlanner.Solve(problem, options))[0];
        return (plan!, ms);
    }

    private static BufferPlanProblem Read(string path) => new([.. CsvTable.Read(path).Select(row => new BufferRequest(
        (int)row.Number("id"), row.Number("lower"), row.Number("upper"), row.Number("size"), row.ContainsKey("alignment") ? row.Number("alignment") : 1))]);

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Text(double ms) => ms.ToString("F1", CultureInfo.InvariantCulture);
}
