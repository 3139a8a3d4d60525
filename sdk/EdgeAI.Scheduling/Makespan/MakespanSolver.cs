using System.Numerics;
using System.Text;
using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Search;

namespace EdgeAI.Scheduling.Makespan;

/// <summary>
/// Minimizes the makespan by a portfolio: each device alone, the additive optimum, HEFT, CPoP, earliest finish and the chain of solved blocks
/// are starts, the best of them are improved, and the least is the answer; so it is never worse than any start.
/// </summary>
internal sealed class MakespanSolver(DenseProblem problem, PlacementOptions options, CancellationToken cancellation)
{
    private const int Improved = 3;
    private const int SmallProblem = 64;
    private const int Shakes = 64;
    private const long SearchNodes = 100_000;
    private const long BlockNodes = 20_000_000;
    private const long SpineNodes = 20_000_000;
    private const long SmallSpineNodes = 500_000;
    private const long ImproverSteps = 30_000_000;
    private const long SmallImproverSteps = 6_000_000;
    private const long ExplorerSteps = 20_000_000;
    private const long ExplorerStepsPerItem = 34_000;

    /// <summary>A gap for which exploring pays.</summary>
    private const double WideGap = 0.05;

    private readonly List<(List<Run> Runs, double Value, string Name)> _starts = [];
    private readonly PathBounds _paths = new(problem);

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

    /// <summary>Name and makespan of each start, each once.</summary>
    public IEnumerable<(string Name, double Value)> Starts => _starts.Select(start => (start.Name, start.Value));

    public void Solve()
    {
        FindStarts();
        var improved = problem.ItemCount <= SmallProblem ? _starts.Count : Improved;
        foreach (var (runs, _, name) in _starts.OrderBy(start => start.Value).Take(improved).ToList())
        {
            Improve(runs, (problem.ItemCount <= SmallProblem ? SmallImproverSteps : ImproverSteps) / improved, $"{name} and local search");
        }

        Shake();
        Explore();
        SearchAll();
        Bound = Math.Min(Bound, Value);
        Bound = Value - Bound <= Value * 1e-9 ? Value : Bound;
    }

    /// <summary>The first half of <see cref="Solve"/>: the bound, the starts and the best of them.</summary>
    public void FindStarts()
    {
        var blocks = new BlockChain(problem, BlockNodes, cancellation);
        var byBlocks = blocks.Counts.TooLarge == 0 ? blocks.Bound() : Math.Max(blocks.Bound(), new SpineBound(problem).Bound(problem.ItemCount <= SmallProblem ? SmallSpineNodes : SpineNodes, cancellation));
        Bound = Math.Max(Math.Max(_paths.Bound(), byBlocks), LoadBound.Of(problem, options, cancellation)) * (1 - 1e-12);
        AddSimpleStarts();
        AddListStarts();
        var least = _starts.MinBy(start => start.Value);
        Offer("blocks", blocks.Compose(least.Runs));
        (Best, Value, Solver) = _starts.MinBy(start => start.Value);
    }

    private void Improve(List<Run> runs, long steps, string name)
    {
        if (Value <= Bound)
        {
            return;
        }

        var better = RunImprover.Improve(problem, _paths, [.. runs], Bound, steps, cancellation);
        var value = RunSequence.Makespan(problem, better.Runs);
        (Best, Value, Solver) = value < Value ? (better.Runs, value, name) : (Best, Value, Solver);
    }

    /// <summary>Larger problems with a wide gap and a choice of devices: what is near some place of the best is disturbed and improved again.</summary>
    private void Explore()
    {
        if (problem.ItemCount > SmallProblem && Value * (1 - WideGap) > Bound && Array.Exists(problem.Allowed, devices => !BitOperations.IsPow2(devices)))
        {
            var better = RunImprover.Explore(problem, _paths, [.. Best], Bound, Math.Min(ExplorerSteps, ExplorerStepsPerItem * problem.ItemCount), cancellation);
            var value = RunSequence.Makespan(problem, better.Runs);
            (Best, Value, Solver) = value < Value ? (better.Runs, value, $"{Solver}, explored") : (Best, Value, Solver);
        }
    }

    /// <summary>Very small problems: every sequence of runs that could beat the best with free links is played with serial ones.</summary>
    private void SearchAll()
    {
        if (problem.ItemCount is 0 or > BlockSearch.MaxItems || Value <= Bound)
        {
            return;
        }

        var found = new BlockSearch(problem).Solve(new Block(-1, 0, problem.ItemCount), 0, 0, SearchNodes, Value, path => RunSequence.Makespan(problem, RunsOf(path)));
        (Best, Value, Solver) = found.Value < Value ? (RunsOf(found.Runs), found.Value, "branch and bound") : (Best, Value, Solver);
    }

    private static List<Run> RunsOf((int Device, uint Items)[] path) =>
        [.. path.Select(run => new Run((byte)run.Device, [.. Enumerable.Range(0, BlockSearch.MaxItems).Where(item => (run.Items >> item & 1) != 0)]))];

    /// <summary>Small problems: some items of the best go elsewhere at random (seeded), and local search starts from there, once from each placement.</summary>
    private void Shake()
    {
        var (random, tried, best) = (new SplitMix(1), new HashSet<string>(), Best);
        for (var shake = 0; shake < Shakes && problem.ItemCount <= SmallProblem && Value > Bound; shake++)
        {
            var devices = Run.DevicesOf(Best, problem.ItemCount);
            for (var moved = random.Next(3); moved >= 0; moved--)
            {
                var (item, device) = (random.Next(devices.Length), random.Next(problem.DeviceCount));
                devices[item] = (problem.Allowed[item] >> device & 1) != 0 ? (byte)device : devices[item];
            }

            if (best != Best)
            {
                tried.Clear();
                best = Best;
            }

            if (!tried.Add(Encoding.Latin1.GetString(devices)))
            {
                continue;
            }

            int[] order = [.. Best.SelectMany(run => run.Items)];
            Improve(RunSequence.Of(problem, devices, order, joinsAlways: false), SmallImproverSteps / Shakes, "shaken local search");
        }
    }

    private void AddSimpleStarts()
    {
        foreach (var (name, devices) in StartPlacements.All(problem))
        {
            OfferOrdered(name, devices);
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
            var heft = new ListScheduler(problem, countsLaunches).Heft();
            OfferList("HEFT", heft);
            OfferOrdered("devices of HEFT", heft.Devices);
            OfferList("CPoP", new ListScheduler(problem, countsLaunches).CriticalPathOnOne());
        }

        var plain = EarliestFinish.Find(problem);
        OfferList("earliest finish", plain);
        OfferOrdered("devices of earliest finish", plain.Devices);
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
        Offer(name, RunSequence.Single(list.Devices, list.Order));
    }

    /// <summary>Takes a start unless it is known: on a graph that one device takes alone many are the same.</summary>
    private void Offer(string name, List<Run> runs)
    {
        var value = RunSequence.Makespan(problem, runs);
        if (!_starts.Exists(start => start.Value == value && RunSequence.AreEqual(start.Runs, runs)))
        {
            _starts.Add((runs, value, name));
        }
    }
}
