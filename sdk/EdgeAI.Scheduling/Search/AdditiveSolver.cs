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

    private BranchBlocks? _blocks;
    private LaunchFlow? _flow;
    private LaunchNetwork? _network;

    /// <summary>Along what launches <see cref="SolveFlow"/> counts.</summary>
    public LaunchFlow Flow => _flow ??= new LaunchFlow(problem, BlocksFor(problem.Allowed));

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

    /// <summary>Minimizes the additive sum with the launches of the flow; null when tables would be larger than a limit.</summary>
    public AdditiveSolution? SolveFlow(int maxEntries)
    {
        _network ??= new LaunchNetwork(problem, Flow, BlocksFor(problem.Allowed), Math.Min(maxEntries, options.MaxTableEntries), cancellation);
        if (_network.IsTooWide)
        {
            return null;
        }

        var devices = _network.Solve(cancellation);
        Span<double> launches = stackalloc double[PlacementProblem.MaxDevices];
        Span<long> counts = stackalloc long[PlacementProblem.MaxDevices];
        CountInside(_blocks, devices, launches);
        Flow.Count(devices, counts);
        for (var device = 0; device < launches.Length; device++)
        {
            launches[device] += (double)counts[device] / LaunchFlow.Units;
        }

        return Exact(devices, launches, "bucket elimination", _network.Work);
    }

    /// <summary>The solved blocks for a sum with launches; kept for the devices that the problem allows.</summary>
    private BranchBlocks BlocksFor(byte[] allowed) => allowed != problem.Allowed
        ? BranchBlocks.Solve(problem, allowed, cancellation)
        : _blocks ??= BranchBlocks.Solve(problem, allowed, cancellation);

    /// <summary>Solves by elimination; null when its tables would pass the limit.</summary>
    private AdditiveSolution? TryExact(byte[] allowed, LaunchPath path, int maxEntries)
    {
        var blocks = path.IsNone ? null : BlocksFor(allowed);
        var outside = blocks is null ? path : path.Outside(blocks);
        var builder = NetworkBuilder.Build(problem, allowed, outside, blocks: blocks);
        var order = EliminationOrder.Find(builder.Network, maxEntries, minFill: false, cancellation)
            ?? EliminationOrder.Find(builder.Network, maxEntries, minFill: true, cancellation);
        if (order is null)
        {
            return null;
        }

        var labels = new byte[builder.Network.VariableCount];
        BucketElimination.Solve(builder.Network, order, labels, cancellation);
        return Exact(builder.DevicesOf(labels), outside, "bucket elimination", order.TotalEntries, blocks);
    }

    private AdditiveSolution Exact(byte[] devices, LaunchPath path, string solver, long work, BranchBlocks? blocks = null)
    {
        Span<double> launches = stackalloc double[PlacementProblem.MaxDevices];
        Span<int> outside = stackalloc int[PlacementProblem.MaxDevices];
        CountInside(blocks, devices, launches);
        path.Count(devices, outside);
        for (var device = 0; device < launches.Length; device++)
        {
            launches[device] += outside[device];
        }

        return Exact(devices, launches, solver, work);
    }

    /// <summary>Fills in the devices inside solved blocks and counts the launches there.</summary>
    private static void CountInside(BranchBlocks? blocks, byte[] devices, Span<double> launches)
    {
        Span<int> inside = stackalloc int[PlacementProblem.MaxDevices];
        inside.Clear();
        blocks?.Write(devices, inside);
        for (var device = 0; device < inside.Length; device++)
        {
            launches[device] = inside[device];
        }
    }

    private AdditiveSolution Exact(byte[] devices, ReadOnlySpan<double> launches, string solver, long work)
    {
        var value = problem.AdditiveCost(devices) + LaunchPath.Cost(problem, launches);
        return new AdditiveSolution(devices, value, value, solver, work);
    }
}
