using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Segments;

namespace EdgeAI.Scheduling.Search;

/// <summary>
/// Minimizes additive sum plus launches. Launches depend on the order, so the bound counts only those along a path; the
/// minimizer of that bound usually needs no more launches than the path and is then optimal. Otherwise other starts are
/// tried, the sum is minimized again for the best order found, and runs that do not earn their launch are moved.
/// </summary>
internal sealed class LaunchAwareSolver(DenseProblem problem, PlacementOptions options, CancellationToken cancellation)
{
    private const int PathRounds = 4;
    private const int OrderedTableEntries = 1 << 18;

    private readonly AdditiveSolver solver = new(problem, options, cancellation);
    private int[] path = [];

    public AdditiveSolution? Additive { get; private set; }

    public OrderedPlacement? Best { get; private set; }

    /// <summary>What no placement undercuts in additive sum plus launches.</summary>
    public double Bound { get; private set; }

    private bool IsClosed => Best!.Total <= Bound;

    public void Solve()
    {
        Additive = solver.Solve(problem.Allowed, []);
        Bound = Additive.Bound;
        Offer(Additive.Devices);
        if (options.Objective == PlacementObjective.Additive || problem.ItemCount == 0)
        {
            return;
        }

        RaiseBound(Additive.Devices);
        if (!IsClosed)
        {
            TryRestrictions();
            Improve();
        }
    }

    /// <summary>Minimizes with the launches of the path that costs the last answer most, until that proves an optimum or repeats.</summary>
    private void RaiseBound(byte[] devices)
    {
        for (var round = 0; round < PathRounds && !IsClosed; round++)
        {
            var next = LaunchPath.Heaviest(problem, devices);
            if (next.AsSpan().SequenceEqual(path))
            {
                return;
            }

            path = next;
            var solution = solver.Solve(problem.Allowed, path);
            Bound = Math.Max(Bound, solution.Bound);
            Offer(solution.Devices);
            devices = solution.Devices;
        }
    }

    /// <summary>Starts from placements that prefer one device, or that avoid one, wherever items allow it.</summary>
    private void TryRestrictions()
    {
        for (var device = 0; device < problem.DeviceCount && !IsClosed; device++)
        {
            Offer(solver.Solve(Restrict(1 << device), path).Devices);
            if (problem.DeviceCount > 2)
            {
                Offer(solver.Solve(Restrict(~(1 << device)), path).Devices);
            }
        }
    }

    private byte[] Restrict(int devices) => Array.ConvertAll(problem.Allowed, allowed => (byte)((allowed & devices) != 0 ? allowed & devices : allowed));

    private void Improve()
    {
        for (var round = 0; round < options.ImprovementRounds && !IsClosed; round++)
        {
            var solution = solver.TryExact(problem.Allowed, Best!.Order(), OrderedTableEntries);
            if (solution is null || !Offer(solution.Devices))
            {
                break;
            }
        }

        var mover = new RunMover(problem);
        while (!IsClosed && mover.TryImprove(Best!, out var devices) && Offer(devices))
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private bool Offer(byte[] devices)
    {
        var placement = OrderedPlacement.Of(problem, devices, options.BeamWidth);
        if (Best is not null && placement.Compare(Best, options.Objective) >= 0)
        {
            return false;
        }

        Best = placement;
        return true;
    }
}
