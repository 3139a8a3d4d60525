using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Search;

namespace EdgeAI.Scheduling.Energy;

/// <summary>
/// Least energy, or one of time and energy under a budget of the other. Both are sums, so any mix of them is a sum too and is
/// minimized with a bound; a multiplier prices the budget (Everett 1963). Each mix gives a bound, and those that keep to the budget
/// give answers; between them runs are exchanged as long as the budget holds.
/// </summary>
internal sealed class BudgetSolver
{
    private const int Rounds = 12;

    private readonly PlacementProblem _problem;
    private readonly PlacementOptions _options;
    private readonly CancellationToken _cancellation;
    private readonly DenseProblem _time;
    private readonly DenseProblem _energy;

    public BudgetSolver(PlacementProblem problem, PlacementOptions options, CancellationToken cancellation)
    {
        (_problem, _options, _cancellation) = (problem, options with { Objective = PlacementObjective.AdditiveWithLaunches }, cancellation);
        (_time, _energy) = (new DenseProblem(problem), new DenseProblem(Quantities.Weigh(problem, 0, 1)));
    }

    /// <summary>Solves for a mix; its bound is the mix's.</summary>
    public BudgetPoint Mix(double timeWeight, double energyWeight)
    {
        var solver = new LaunchAwareSolver(new DenseProblem(Quantities.Weigh(_problem, timeWeight, energyWeight)), _options, _cancellation);
        solver.Solve();
        return Measure(solver.Best!, Math.Min(solver.Bound, solver.Best!.Total), solver.Additive!.Solver);
    }

    /// <summary>The least of one quantity while the other keeps to a budget.</summary>
    /// <exception cref="InfeasiblePlacementException">No placement keeps to the budget.</exception>
    public (BudgetPoint Point, double Bound) Solve(bool minimizesEnergy, double? budget)
    {
        var free = minimizesEnergy ? Mix(0, 1) : Mix(1, 0);
        if (budget is not { } limit || Limited(free, minimizesEnergy) <= limit)
        {
            return (free, free.Bound);
        }

        var kept = minimizesEnergy ? Mix(1, 0) : Mix(0, 1);
        return Limited(kept, minimizesEnergy) <= limit ? Narrow(minimizesEnergy, limit, free, kept) : throw OverBudget(minimizesEnergy, limit, kept);
    }

    private static double Wanted(BudgetPoint point, bool minimizesEnergy) => minimizesEnergy ? point.Energy : point.Time;

    private static double Limited(BudgetPoint point, bool minimizesEnergy) => minimizesEnergy ? point.Time : point.Energy;

    private static InfeasiblePlacementException OverBudget(bool minimizesEnergy, double limit, BudgetPoint kept)
    {
        var (name, unit) = minimizesEnergy ? ("latency", "s") : ("energy", "J");
        return new InfeasiblePlacementException(FormattableString.Invariant(
            $"No placement keeps to the {name} budget of {limit} {unit}: the least that was found is {Limited(kept, minimizesEnergy)} {unit}, and none takes less than {kept.Bound} {unit}. Raise the budget to that, or let faster or thriftier devices take more items."));
    }

    /// <summary>From a point over the budget and one within: the mix for which both weigh the same gives the next.</summary>
    private (BudgetPoint Point, double Bound) Narrow(bool minimizesEnergy, double limit, BudgetPoint over, BudgetPoint within)
    {
        var (bound, best) = (over.Bound, within);
        for (var round = 0; round < Rounds && Wanted(best, minimizesEnergy) > bound; round++)
        {
            var price = (Wanted(within, minimizesEnergy) - Wanted(over, minimizesEnergy)) / (Limited(over, minimizesEnergy) - Limited(within, minimizesEnergy));
            if (!double.IsFinite(price) || price <= 0)
            {
                break;
            }

            var next = minimizesEnergy ? Mix(price, 1) : Mix(1, price);
            bound = Math.Max(bound, (next.Bound - (price * limit)) * (1 - 1e-12));
            var isKnown = Same(next, over) || Same(next, within);
            var keeps = Limited(next, minimizesEnergy) <= limit;
            (over, within) = keeps ? (over, next) : (next, within);
            best = keeps && Wanted(next, minimizesEnergy) < Wanted(best, minimizesEnergy) ? next : best;
            if (isKnown)
            {
                break;
            }
        }

        best = Exchange(minimizesEnergy, limit, best, over);
        return (best, Math.Min(bound, Wanted(best, minimizesEnergy)));
    }

    private static bool Same(BudgetPoint left, BudgetPoint right) => left.Order.Devices.AsSpan().SequenceEqual(right.Order.Devices);

    /// <summary>Takes over segments, then items, of the point over the budget as long as the budget holds and it helps.</summary>
    private BudgetPoint Exchange(bool minimizesEnergy, double limit, BudgetPoint best, BudgetPoint over)
    {
        var groups = Enumerable.Range(0, over.Order.Devices.Length).GroupBy(item => over.Order.SegmentOf[item]).Select(group => group.ToArray());
        var items = Enumerable.Range(0, over.Order.Devices.Length).Select(item => new[] { item });
        foreach (var group in groups.Concat(over.Order.Devices.Length <= 2000 ? items : []))
        {
            _cancellation.ThrowIfCancellationRequested();
            if (Array.TrueForAll(group, item => best.Order.Devices[item] == over.Order.Devices[item]))
            {
                continue;
            }

            var devices = (byte[])best.Order.Devices.Clone();
            Array.ForEach(group, item => devices[item] = over.Order.Devices[item]);
            var next = Measure(OrderedPlacement.Of(_time, devices, _options.BeamWidth), 0, "exchange of segments");
            var isBetter = Limited(next, minimizesEnergy) <= limit && Wanted(next, minimizesEnergy) < Wanted(best, minimizesEnergy);
            best = isBetter ? next : best;
        }

        return best;
    }

    private BudgetPoint Measure(OrderedPlacement order, double bound, string solver)
    {
        var launches = Launches(_time, order);
        var energy = _energy.AdditiveCost(order.Devices) + Launches(_energy, order);
        var timed = order with { Additive = _time.AdditiveCost(order.Devices), Launches = launches };
        return new BudgetPoint(timed, timed.Total, energy, bound, solver);
    }

    private static double Launches(DenseProblem problem, OrderedPlacement order) => order.SegmentDevices.Sum(device => problem.Launch[device]);
}

/// <summary>A placement with its time and energy, and the bound of the mix for which it was found.</summary>
internal sealed record BudgetPoint(OrderedPlacement Order, double Time, double Energy, double Bound, string Solver);
