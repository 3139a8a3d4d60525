using EdgeAI.Scheduling.Makespan;
using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Search;

namespace EdgeAI.Scheduling.Throughput;

/// <summary>
/// Minimizes the largest load of a device or link per frame. Starts are each device, the additive optimum, the best chain of
/// stages and the placements that the load bound finds; then single items and runs move while that lowers the peak.
/// </summary>
internal sealed class ThroughputSolver(DenseProblem problem, PlacementOptions options, CancellationToken cancellation)
{
    private const int ImprovedStarts = 3;
    private const long MostMoves = 200_000;
    private const long SearchSteps = 200_000;
    private const int MostSearched = 64;

    private readonly List<(PipelineLoads Loads, string Name)> _starts = [];
    private readonly Resources _resources = new(Contend(problem.Source, options.CopyContention));
    private readonly DenseProblem _contended = new(Contend(problem.Source, options.CopyContention));

    public double Bound { get; private set; }

    public PipelineLoads Best { get; private set; } = null!;

    public string Solver { get; private set; } = "";

    public AdditiveSolution Additive { get; private set; } = new([], 0, 0, "", 0);

    public void Solve()
    {
        AddStarts();
        Bound = Math.Max(LoadBound.Of(_contended, options, cancellation, devices => Offer("load bound", devices)), LeastLaunch());
        (Best, Solver) = _starts.MinBy(start => start.Loads.Period);
        foreach (var (start, name) in _starts.OrderBy(start => start.Loads.Period).Take(ImprovedStarts).ToList())
        {
            var better = PeakLowering.Improve(this, start, Bound, MostMoves, cancellation);
            (Best, Solver) = better.Period < Best.Period ? (better, $"{name} and local search") : (Best, Solver);
        }

        SearchAll();
        Bound = Math.Min(Best.Period, Bound);
        Bound = Best.Period - Bound <= Best.Period * 1e-9 ? Best.Period : Bound;
    }

    private void SearchAll()
    {
        if (Best.Period <= Bound || problem.ItemCount > MostSearched)
        {
            return;
        }

        var search = PeakSearch.Run(_contended, LoadsOf, Best, SearchSteps);
        Solver = search.Best.Period < Best.Period ? "branch and bound" : Solver;
        (Best, Bound) = (search.Best, Math.Max(Bound, search.Bound));
    }

    /// <summary>The problem with every copy as slow as it is while others use the memory.</summary>
    private static PlacementProblem Contend(PlacementProblem source, double contention) => source with
    {
        Links = [.. source.Links.Select(link => link with { FixedCost = link.FixedCost * contention, CostPerByte = link.CostPerByte * contention })],
    };

    public DenseProblem Problem => _contended;

    public PipelineLoads LoadsOf(byte[] devices)
    {
        var ordered = OrderedPlacement.Of(_contended, devices, options.BeamWidth);
        var loads = _resources.LoadsOf(_contended, devices);
        foreach (var device in ordered.SegmentDevices)
        {
            loads[device] += _contended.Launch[device];
        }

        return new PipelineLoads(ordered, loads, loads.Length == 0 ? 0 : loads.Max());
    }

    private void AddStarts()
    {
        foreach (var (name, devices) in StartPlacements.All(problem))
        {
            Offer(name, devices);
        }

        var additive = new LaunchAwareSolver(problem, options with { Objective = PlacementObjective.AdditiveWithLaunches }, cancellation);
        additive.Solve();
        Additive = additive.Additive!;
        Offer("additive optimum", additive.Best!.Devices);
        Offer("HEFT", new ListScheduler(_contended, countsLaunches: false).Heft().Devices);
        Offer("CPoP", new ListScheduler(_contended, countsLaunches: false).CriticalPathOnOne().Devices);
        Offer("earliest finish", EarliestFinish.Find(problem).Devices);
        if (StageChain.Solve(_contended, cancellation) is { } stages)
        {
            Offer("chain of stages", stages);
        }
    }

    /// <summary>Some device must be launched for the first item, and the item runs there.</summary>
    private double LeastLaunch()
    {
        var most = 0.0;
        for (var item = 0; item < problem.ItemCount; item++)
        {
            var least = double.PositiveInfinity;
            for (var device = 0; device < problem.DeviceCount; device++)
            {
                least = Math.Min(least, problem.ItemCost(item, device) + problem.Launch[device]);
            }

            most = Math.Max(most, least);
        }

        return most;
    }

    private void Offer(string name, byte[] devices)
    {
        if (!_starts.Exists(start => start.Loads.Placement.Devices.AsSpan().SequenceEqual(devices)))
        {
            _starts.Add((LoadsOf(devices), name));
        }
    }
}

/// <summary>A placement with the load of each device, then each link.</summary>
internal sealed record PipelineLoads(OrderedPlacement Placement, double[] Loads, double Period);
