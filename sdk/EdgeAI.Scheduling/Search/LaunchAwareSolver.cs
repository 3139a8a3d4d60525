using EdgeAI.Scheduling.Elimination;
using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Segments;

namespace EdgeAI.Scheduling.Search;

/// <summary>
/// Minimizes additive sum plus launches. Launches depend on the order, so the bound counts those of solved blocks, and elsewhere only those along
/// paths or means of paths; the minimizer of that bound usually needs no more launches and is then optimal. Otherwise other starts are
/// tried, the sum is minimized again for the best order found, and runs that do not earn their launch are moved.
/// </summary>
internal sealed class LaunchAwareSolver(DenseProblem problem, PlacementOptions options, CancellationToken cancellation)
{
    /// <summary>Up to so many items and table entries every improvement is tried; larger problems get fewer rounds and smaller tables.</summary>
    private const int SmallProblem = 2000;
    private const int SmallWork = 1 << 18;

    /// <summary>A round on a larger problem must win so much, or none follows.</summary>
    private const double LargeGain = 5e-3;

    /// <summary>Temperature of a flow, in mean launch costs, and what part of it holds for the first: almost one path.</summary>
    private const double Temperature = 0.4;
    private const double FirstTemperature = 0.02;

    /// <summary>Rounds of flows, and of those that follow whether or not they win something.</summary>
    private const int SmallRounds = 16;
    private const int LargeRounds = 3;
    private const int FewestRounds = 3;

    /// <summary>The largest table for which flows are tried; smaller where many rounds follow.</summary>
    private const int FlowEntries = 1 << 20;
    private const int SmallFlowEntries = 1 << 16;

    private readonly AdditiveSolver _solver = new(problem, options, cancellation);
    private LaunchPath _path = LaunchPath.None;

    public AdditiveSolution? Additive { get; private set; }

    public OrderedPlacement? Best { get; private set; }

    /// <summary>What no placement undercuts in additive sum plus launches.</summary>
    public double Bound { get; private set; }

    private bool IsSmall => problem.ItemCount <= SmallProblem && Additive!.Work <= SmallWork;

    private bool IsClosed => Best!.Total <= Bound;

    public void Solve()
    {
        Additive = _solver.Solve(problem.Allowed, LaunchPath.None);
        Bound = Additive.Bound;
        Offer(Additive.Devices);
        if (options.Objective == PlacementObjective.Additive || problem.ItemCount == 0)
        {
            return;
        }

        if (IsSmall || !RaiseByFlows(Additive.Devices, LargeRounds))
        {
            RaiseBound(Additive.Devices);
        }

        if (IsSmall && !IsClosed)
        {
            RaiseByFlows(Best!.Devices, SmallRounds);
        }

        if (!IsClosed)
        {
            TryDeviceSets();
            Improve();
        }
    }

    /// <summary>Minimizes with the launches of the path that costs the last answer most, for all devices together and for each by itself in turn, until that proves an optimum.</summary>
    private void RaiseBound(byte[] devices)
    {
        for (var round = IsSmall ? 0 : 2; round < (IsSmall ? 5 : 4) && !IsClosed; round++)
        {
            var next = round % 2 == 0 ? LaunchPath.Common(problem, devices) : LaunchPath.Separate(problem, devices);
            if (next.Equals(_path))
            {
                continue;
            }

            _path = next;
            var solution = _solver.Solve(problem.Allowed, _path);
            Bound = Math.Max(Bound, solution.Bound);
            Offer(solution.Devices);
            devices = solution.Devices;
        }
    }

    /// <summary>Minimizes with the launches of a flow, which goes where the answers so far had most; false when its tables would be too large.</summary>
    private bool RaiseByFlows(byte[] devices, int rounds)
    {
        var temperature = problem.Launch.Where(cost => cost > 0).DefaultIfEmpty().Average() * Temperature;
        for (var (round, isRaised) = (0, temperature > 0); round < rounds && isRaised && !IsClosed; round++)
        {
            _solver.Flow.Add(devices);
            _solver.Flow.Spread(round == 0 ? temperature * FirstTemperature : temperature);
            if (_solver.SolveFlow(IsSmall ? SmallFlowEntries : FlowEntries) is not { } solution)
            {
                return false;
            }

            var (bound, value) = (Bound, Best!.Total);
            Bound = Math.Max(Bound, solution.Bound);
            devices = solution.Devices;
            Offer(devices);
            isRaised = round < FewestRounds || Bound > bound || Best.Total < value;
        }

        return true;
    }

    /// <summary>
    /// Solves for each set of devices by itself. A placement that uses exactly such a set launches each of its devices
    /// once at least, so the least of the sets' bounds is a bound; and each set's answer is a start.
    /// </summary>
    private void TryDeviceSets()
    {
        if (!IsSmall)
        {
            return;
        }

        var least = double.PositiveInfinity;
        for (var set = 1; set < 1 << problem.DeviceCount; set++)
        {
            var isPossible = Array.TrueForAll(problem.Allowed, allowed => (allowed & set) != 0);
            var allowed = Array.ConvertAll(problem.Allowed, allowed => (byte)((allowed & set) != 0 ? allowed & set : allowed));
            var along = _solver.Solve(allowed, _path);
            Offer(along.Devices);
            if (isPossible)
            {
                least = Math.Min(least, Math.Max(along.Bound, _solver.Solve(allowed, LaunchPath.None).Bound + LaunchesOf(set)));
            }
        }

        Bound = Math.Max(Bound, least);
    }

    private double LaunchesOf(int set)
    {
        Span<double> counts = stackalloc double[PlacementProblem.MaxDevices];
        for (var device = 0; device < counts.Length; device++)
        {
            counts[device] = set >> device & 1;
        }

        return LaunchPath.Cost(problem, counts);
    }

    /// <summary>Minimizes again with the launches of the best order found, as long as that helps; then moves single runs.</summary>
    private void Improve()
    {
        for (var (round, before) = (0, double.PositiveInfinity); round < options.ImprovementRounds && !IsClosed && (IsSmall || Best!.Total < before * (1 - LargeGain)); round++)
        {
            before = Best!.Total;
            var builder = NetworkBuilder.Build(problem, problem.Allowed, LaunchPath.Along(problem, Best!.Order()));
            if (!Offer(Neighborhood.Solve(builder, Best.Devices, IsSmall ? 1 << 14 : 1 << 10, new int[builder.Network.VariableCount], cancellation)))
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
