using System.Diagnostics;
using EdgeAI.Scheduling;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>Time and gap of placement on large graphs, and predicted time against what others do on every model.</summary>
internal static class PlacementBenchmark
{
    private const int Rounds = 10;
    private static readonly string[] Shapes = [.. NetworkShapes.Names.Where(name => name != "densenet")];

    public static string Run(string part) => $"""
        # Placement

        Measured with `dotnet run -c Release --project tests/EdgeAI.Benchmarks -- placement` on {Machine.Describe()}

        ## Graphs of 10,000 items

        Shapes, costs and seeds are those of tests/EdgeAI.Testing/NetworkShapes.cs: every item has its own random costs, which gives some 2,000
        segments, far more than networks have. Least of {Rounds} runs after one to warm up, each of time and of processor time, which a loaded machine
        stretches less. {Machine.Load()} *gap* is (value − bound) / value.

        {Large(part)}

        ## Makespan and throughput of graphs of 600 items

        Of the makespan *over additive* is what the best order of the additive optimum takes more. Of throughput *speed-up* is the
        makespan over the time per frame in a stream.

        {Parallel(part)}

        ## Every model under each board profile

        {PlacementModels.Run(part)}

        """;

    private static MarkdownTable Large(string part)
    {
        var table = new MarkdownTable("shape", "devices", "sum ms", "CPU ms", "gap", "with launches ms", "CPU ms", "gap", "solver");
        foreach (var name in Shapes.Where(shape => shape.Contains(part, StringComparison.Ordinal)))
        {
            foreach (var devices in (int[])[3, 4])
            {
                var problem = new NetworkShapes(10_000, devices).Build(name);
                var (sum, sumMs, sumCpu) = Solve(problem, new() { Objective = PlacementObjective.Additive }, Rounds);
                var (total, totalMs, totalCpu) = Solve(problem, new(), Rounds);
                table.Add(name, $"{devices}", $"{sumMs:F0}", $"{sumCpu:F0}", $"{sum.Certificate.Gap:P2}", $"{totalMs:F0}", $"{totalCpu:F0}", $"{total.Certificate.Gap:P2}", sum.Certificate.Solver);
            }
        }

        return table;
    }

    private static MarkdownTable Parallel(string part)
    {
        var table = new MarkdownTable("shape", "devices", "makespan µs", "bound µs", "gap", "ms", "over additive", "period µs", "bound µs", "gap", "ms", "speed-up", "bottleneck");
        foreach (var name in Shapes.Where(shape => shape.Contains(part, StringComparison.Ordinal)))
        {
            foreach (var devices in (int[])[2, 3])
            {
                var problem = new NetworkShapes(600, devices).Build(name);
                var additive = PlacementSolver.Evaluate(problem, PlacementSolver.Solve(problem), PlacementObjective.Makespan);
                var (span, spanMs, _) = Solve(problem, new() { Objective = PlacementObjective.Makespan }, 1);
                var (stream, streamMs, _) = Solve(problem, new() { Objective = PlacementObjective.Throughput }, 1);
                table.Add(
                    name, $"{devices}", Micro(span.Certificate.Value), Micro(span.Certificate.LowerBound), $"{span.Certificate.Gap:P1}", $"{spanMs:F0}", $"{(additive / span.Certificate.Value) - 1:P1}",
                    Micro(stream.Certificate.Value), Micro(stream.Certificate.LowerBound), $"{stream.Certificate.Gap:P1}", $"{streamMs:F0}",
                    $"{span.Certificate.Value / stream.Certificate.Value:F2}", stream.Pipeline!.Bottleneck);
            }
        }

        return table;
    }

    private static (Placement Placement, double Ms, double CpuMs) Solve(PlacementProblem problem, PlacementOptions options, int rounds)
    {
        var placement = PlacementSolver.Solve(problem, options);
        var (least, leastCpu) = (placement.Certificate.Time.TotalMilliseconds, double.PositiveInfinity);
        for (var round = 0; round < rounds && rounds > 1; round++)
        {
            var (started, used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            placement = PlacementSolver.Solve(problem, options);
            least = Math.Min(least, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            leastCpu = Math.Min(leastCpu, (Environment.CpuUsage.TotalTime - used).TotalMilliseconds);
        }

        return (placement, least, leastCpu);
    }

    private static string Micro(double seconds) => $"{seconds * 1e6:F0}";
}
