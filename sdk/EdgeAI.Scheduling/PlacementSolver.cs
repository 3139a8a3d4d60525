using System.Collections.Immutable;
using System.Diagnostics;
using EdgeAI.Scheduling.Capacity;
using EdgeAI.Scheduling.Energy;
using EdgeAI.Scheduling.Makespan;
using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Search;
using EdgeAI.Scheduling.Throughput;

namespace EdgeAI.Scheduling;

/// <summary>Finds the placement that costs least and says how sure that is. A pure function: equal problems get equal placements.</summary>
public static class PlacementSolver
{
    /// <summary>Solves a placement problem.</summary>
    /// <exception cref="InfeasiblePlacementException">All devices refuse some item.</exception>
    /// <exception cref="PlacementException">The problem or the options break their contract.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; there is no answer.</exception>
    public static Placement Solve(PlacementProblem problem, PlacementOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(problem);
        options ??= PlacementOptions.Default;
        ProblemChecks.Check(options);
        ProblemChecks.Check(problem);
        var started = Stopwatch.GetTimestamp();
        if (problem.Devices.All(device => device.CapacityBytes is null))
        {
            return SolveUnlimited(problem, options, cancellation);
        }

        var placement = new CapacitySolver(problem, options, (part, partOptions) => SolvePart(part, partOptions, cancellation), cancellation).Solve();
        return placement with { Certificate = placement.Certificate with { Time = Stopwatch.GetElapsedTime(started) } };
    }

    /// <summary>A part of a limited problem can be infeasible where the problem is not.</summary>
    private static Placement SolvePart(PlacementProblem part, PlacementOptions options, CancellationToken cancellation)
    {
        ProblemChecks.Check(part);
        return SolveUnlimited(part, options, cancellation);
    }

    private static Placement SolveUnlimited(PlacementProblem problem, PlacementOptions options, CancellationToken cancellation)
    {
        var (started, dense) = (Stopwatch.GetTimestamp(), new DenseProblem(problem));
        return options.Objective switch
        {
            PlacementObjective.Makespan => SolveMakespan(dense, options, started, cancellation),
            PlacementObjective.Throughput => SolveThroughput(dense, options, started, cancellation),
            PlacementObjective.Energy => SolveBudget(dense, options, started, cancellation),
            PlacementObjective.AdditiveWithLaunches when options.EnergyBudget is not null => SolveBudget(dense, options, started, cancellation),
            _ => SolveSum(dense, options, started, cancellation),
        };
    }

    /// <summary>
    /// What a placement comes to in an objective when its segments are kept and the problem's item costs are others than it was solved
    /// for, such as those of compiled segments. Devices, values and links must be the same.
    /// </summary>
    public static double Evaluate(PlacementProblem problem, Placement placement, PlacementObjective objective)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(placement);
        ProblemChecks.Check(problem);
        var additive = PlacementValidator.AdditiveCost(problem, placement.Devices);
        return objective switch
        {
            PlacementObjective.Additive => additive,
            PlacementObjective.AdditiveWithLaunches => additive + placement.LaunchCost,
            PlacementObjective.Makespan => RunSequence.Makespan(new DenseProblem(problem), [.. placement.Segments.Select(segment => new Run((byte)segment.Device, [.. segment.Items]))]),
            PlacementObjective.Throughput => PlacementValidator.PeriodOf(problem, placement),
            _ => PlacementEnergy.Of(problem, placement.Segments, placement.Transfers),
        };
    }

    /// <summary>
    /// Placements that trade time (sum with launches) for energy, fastest first: each is the best for some price of a joule, and none is
    /// beaten in both by another of them.
    /// </summary>
    /// <param name="problem">The problem, with energies.</param>
    /// <param name="options">How to solve; objective and budgets do not matter.</param>
    /// <param name="solves">How many prices are tried at most; at least 2.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="PlacementException">As for <see cref="Solve"/>; or one of them does not fit the devices' memory.</exception>
    public static ImmutableArray<Placement> ParetoFront(PlacementProblem problem, PlacementOptions? options = null, int solves = 8, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentOutOfRangeException.ThrowIfLessThan(solves, 2);
        options ??= PlacementOptions.Default;
        var started = Stopwatch.GetTimestamp();
        ProblemChecks.Check(options with { Objective = PlacementObjective.AdditiveWithLaunches, EnergyBudget = null, LatencyBudget = null });
        ProblemChecks.Check(problem);
        var dense = new DenseProblem(problem);
        var points = ParetoSearch.Run(new BudgetSolver(problem, options, cancellation), solves);
        var memory = new MemoryUse(problem);
        if (points.Exists(point => !memory.Fits(Array.ConvertAll(point.Order.Devices, device => (int)device))))
        {
            throw new PlacementException($"A placement of the front does not fit the devices' memory, and a front prices no memory: {memory.Describe()}. Raise the capacity, or solve for single budgets.");
        }

        return [.. points.Select(point =>
            AssemblePoint(dense, point, new Certificate(PlacementObjective.AdditiveWithLaunches, problem.Unit, point.Time, 0, $"{point.Solver}, a price of energy", Stopwatch.GetElapsedTime(started))))];
    }

    private static Placement SolveBudget(DenseProblem problem, PlacementOptions options, long started, CancellationToken cancellation)
    {
        var isEnergy = options.Objective == PlacementObjective.Energy;
        var (point, bound) = new BudgetSolver(problem.Source, options, cancellation).Solve(isEnergy, isEnergy ? options.LatencyBudget : options.EnergyBudget);
        var value = isEnergy ? point.Energy : point.Time;
        var unit = isEnergy ? PlacementUnit.Joules : problem.Source.Unit;
        return AssemblePoint(problem, point, new Certificate(options.Objective, unit, value, Math.Min(bound, value), point.Solver, Stopwatch.GetElapsedTime(started)));
    }

    /// <summary>Of the additive sum by itself nothing was asked, and nothing is claimed but that costs are not negative.</summary>
    private static Placement AssemblePoint(DenseProblem problem, BudgetPoint point, Certificate certificate) =>
        Assemble(problem, point.Order, certificate, new AdditiveSolution(point.Order.Devices, point.Order.Additive, 0, point.Solver, 0));

    private static Placement SolveSum(DenseProblem problem, PlacementOptions options, long started, CancellationToken cancellation)
    {
        var solver = new LaunchAwareSolver(problem, options, cancellation);
        solver.Solve();
        return Assemble(problem, solver, options.Objective, started);
    }

    private static Placement SolveMakespan(DenseProblem problem, PlacementOptions options, long started, CancellationToken cancellation)
    {
        var solver = new MakespanSolver(problem, options, cancellation);
        solver.Solve();
        return Assemble(problem, solver, started);
    }

    /// <summary>The placement that a makespan solver has come to.</summary>
    internal static Placement Assemble(DenseProblem problem, MakespanSolver solver, long started)
    {
        var (best, timeline) = (TimelineWriter.Order(problem, solver.Best), TimelineWriter.Write(problem, solver.Best));
        var certificate = new Certificate(PlacementObjective.Makespan, problem.Source.Unit, timeline.Makespan, Math.Min(solver.Bound, timeline.Makespan), solver.Solver, Stopwatch.GetElapsedTime(started));
        return Assemble(problem, best, certificate, solver.Additive) with { Timeline = timeline };
    }

    private static Placement SolveThroughput(DenseProblem problem, PlacementOptions options, long started, CancellationToken cancellation)
    {
        var solver = new ThroughputSolver(problem, options, cancellation);
        solver.Solve();
        var (best, names) = (solver.Best, problem.Source.Devices);
        var ordered = OrderedPlacement.Of(problem, best.Placement.Devices, options.BeamWidth);
        var (devices, links) = (best.Loads[..names.Length], best.Loads[names.Length..]);
        var peak = Array.IndexOf(best.Loads, best.Period);
        var bottleneck = peak < names.Length ? names[peak].Name : $"{names[problem.Source.Links[peak - names.Length].From].Name} → {names[problem.Source.Links[peak - names.Length].To].Name}";
        var isChain = ordered.SegmentDevices.Distinct().Count() == ordered.SegmentDevices.Length;
        var certificate = new Certificate(PlacementObjective.Throughput, problem.Source.Unit, best.Period, solver.Bound, solver.Solver, Stopwatch.GetElapsedTime(started));
        return Assemble(problem, ordered, certificate, solver.Additive) with { Pipeline = new Pipeline(best.Period, bottleneck, [.. devices], [.. links], options.CopyContention, isChain) };
    }

    private static Placement Assemble(DenseProblem problem, LaunchAwareSolver solver, PlacementObjective objective, long started)
    {
        var (best, additive, time) = (solver.Best!, solver.Additive!, Stopwatch.GetElapsedTime(started));
        var certificate = objective == PlacementObjective.Additive
            ? new Certificate(objective, problem.Source.Unit, best.Additive, Math.Min(additive.Bound, best.Additive), additive.Solver, time)
            : new Certificate(objective, problem.Source.Unit, best.Total, Math.Min(solver.Bound, best.Total), $"{additive.Solver} and segment order", time);
        return Assemble(problem, best, certificate, additive);
    }

    private static Placement Assemble(DenseProblem problem, OrderedPlacement best, Certificate certificate, AdditiveSolution additive)
    {
        var assembler = new PlacementAssembler(problem, best);
        var (segments, transfers) = (assembler.Segments(), assembler.Transfers());
        return new Placement
        {
            Devices = [.. best.Devices.Select(device => (int)device)],
            Segments = segments,
            Transfers = transfers,
            ItemCost = assembler.ItemCost(),
            TransferCost = assembler.TransferCost(),
            LaunchCost = best.Launches,
            Energy = PlacementEnergy.Of(problem.Source, segments, transfers),
            AdditiveCertificate = new Certificate(PlacementObjective.Additive, problem.Source.Unit, best.Additive, Math.Min(additive.Bound, best.Additive), additive.Solver, certificate.Time),
            Certificate = certificate,
        };
    }
}
