using EdgeAI.Scheduling.Elimination;
using EdgeAI.Scheduling.Flow;
using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Segments;

namespace EdgeAI.Scheduling.Search;

/// <summary>
/// Minimizes the additive sum, with launches along a path if one is given: exactly by bucket elimination where its tables
/// stay small, else exactly by a minimum cut for two devices, else by search with a bound.
/// </summary>
internal sealed class AdditiveSolver(DenseProblem problem, PlacementOptions options, CancellationToken cancellation)
{
    /// <summary>For two devices a minimum cut is faster than tables larger than this.</summary>
    private const int CutTableEntries = 1 << 12;

    public AdditiveSolution Solve(byte[] allowed, LaunchPath path)
    {
        var limit = problem.DeviceCount == 2 ? Math.Min(options.MaxTableEntries, CutTableEntries) : options.MaxTableEntries;
        if (TryExact(allowed, path, limit) is { } exact)
        {
            return exact;
        }

        return problem.DeviceCount == 2
            ? Exact(MinCutSolver.Solve(problem, allowed, path, cancellation), path, "minimum cut", problem.ItemCount)
            : new WideSearch(problem, options, allowed, path, cancellation).Solve();
    }

    /// <summary>Solves by elimination; null when its tables would pass the limit.</summary>
    private AdditiveSolution? TryExact(byte[] allowed, LaunchPath path, int maxEntries)
    {
        var builder = NetworkBuilder.Build(problem, allowed, path);
        var order = EliminationOrder.Find(builder.Network, maxEntries, minFill: false)
            ?? EliminationOrder.Find(builder.Network, maxEntries, minFill: true);
        if (order is null)
        {
            return null;
        }

        var labels = new byte[builder.Network.VariableCount];
        BucketElimination.Solve(builder.Network, order, labels, cancellation);
        return Exact(builder.DevicesOf(labels), path, "bucket elimination", order.TotalEntries);
    }

    private AdditiveSolution Exact(byte[] devices, LaunchPath path, string solver, long work)
    {
        var value = problem.AdditiveCost(devices) + path.Cost(problem, devices);
        return new AdditiveSolution(devices, value, value, solver, work);
    }
}
