using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Search;

namespace EdgeAI.Scheduling.Makespan;

/// <summary>
/// Minimizes the makespan by a portfolio: each device alone, the additive optimum, HEFT, CPoP and the chain of solved blocks
/// are starts, the best of them are improved, and the least is the answer; so it is never worse than any start.
/// </summary>
internal sealed class MakespanSolver(DenseProblem problem, PlacementOptions options, CancellationToken cancellation)
{
    private const int Improved = 3;
    private const long BlockNodes = 4_000_000;
    private const long ImproverSteps = 6_000_000;

    private readonly List<(List<Run> Runs, double Value, string Name)> _starts = [];

    /// <summary>What no schedule undercuts.</summary>
    public double Bound { get; private set; }

    /// <summary>The best sequence.</summary>
    public List<Run> Best { get; private set; } = [];

    /// <summary>Its makespan.</summary>
    public double Value { get; private set; }

    /// <summary>The start from which it came.</summary>
    public string Solver { get; private set; } = "";

    /// <summary>The additive optimum, which is a start.</summary>
    public AdditiveSolution Additive { get; private set; } = new([], 0, 0, "", 0);

    /// <summary>Name and makespan of each start.</summary>
    public IEnumerable<(string Name, double Value)> Starts => _starts.Select(start => (start.Name, start.Value));

    public void Solve()
    {
        var paths = new PathBounds(problem);
        var blocks = new BlockChain(problem, BlockNodes, cancellation);
        Bound = Math.Max(Math.Max(paths.Bound(), blocks.Bound()), LoadBound.Of(problem, options, cancellation)) * (1 - 1e-12);
        AddSimpleStarts();
        AddListStarts();
        var least = _starts.MinBy(start => start.Value);
        Offer("blocks", blocks.Compose(least.Runs));
        var perStart = ImproverSteps / Improved;
        (Best, Value, Solver) = _starts.MinBy(start => start.Value);
        foreach (var (runs, value, name) in _starts.OrderBy(start => start.Value).Take(Improved).ToList())
        {
            if (Value <= Bound)
            {
                break;
            }

            var better = RunImprover.Improve(problem, paths, [.. runs], Bound, perStart, cancellation);
            (Best, Value, Solver) = better.Value < Value ? (better.Runs, better.Value, $"{name} and local search") : (Best, Value, Solver);
        }

        Bound = Math.Min(Bound, Value);
        Bound = Value - Bound <= Value * 1e-9 ? Value : Bound;
    }

    private void AddSimpleStarts()
    {
        for (var device = 0; device < problem.DeviceCount; device++)
        {
            OfferOrdered($"{problem.Source.Devices[device].Name} first", StartPlacements.Prefer(problem, device));
        }

        foreach (var priority in StartPlacements.Priorities(problem.DeviceCount))
        {
            OfferOrdered("priorities", StartPlacements.ByPriority(problem, priority));
        }

        var additive = new LaunchAwareSolver(problem, options with { Objective = PlacementObjective.AdditiveWithLaunches }, cancellation);
        additive.Solve();
        Additive = additive.Additive!;
        OfferOrdered("additive optimum", additive.Best!.Devices);
        OfferOrdered("additive optimum without launches", Additive.Devices);
    }

    private void AddListStarts()
    {
        foreach (var countsLaunches in (bool[])[false, true])
        {
            OfferList("HEFT", new ListScheduler(problem, countsLaunches).Heft());
            OfferList("CPoP", new ListScheduler(problem, countsLaunches).CriticalPathOnOne());
        }
    }

    private void OfferOrdered(string name, byte[] devices)
    {
        Offer(name, RunSequence.Of(OrderedPlacement.Of(problem, devices, options.BeamWidth)));
        OfferList(name, (devices, [.. Enumerable.Range(0, devices.Length)]));
    }

    private void OfferList(string name, (byte[] Devices, int[] Order) list)
    {
        Offer(name, RunSequence.Of(problem, list.Devices, list.Order, joinsAlways: false));
        Offer(name, RunSequence.Of(problem, list.Devices, list.Order, joinsAlways: true));
    }

    private void Offer(string name, List<Run> runs) => _starts.Add((runs, RunSequence.Makespan(problem, runs), name));
}
