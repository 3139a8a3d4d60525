using System.Diagnostics;
using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Search;

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
        var started = Stopwatch.GetTimestamp();
        ProblemChecks.Check(options);
        ProblemChecks.Check(problem);
        var dense = new DenseProblem(problem);
        var solver = new LaunchAwareSolver(dense, options, cancellation);
        solver.Solve();
        return Assemble(dense, solver, options.Objective, started);
    }

    private static Placement Assemble(DenseProblem problem, LaunchAwareSolver solver, PlacementObjective objective, long started)
    {
        var (best, additive) = (solver.Best!, solver.Additive!);
        var assembler = new PlacementAssembler(problem, best);
        var (segments, transfers) = (assembler.Segments(), assembler.Transfers());
        var (unit, time) = (problem.Source.Unit, Stopwatch.GetElapsedTime(started));
        var additiveCertificate = new Certificate(PlacementObjective.Additive, unit, best.Additive, Math.Min(additive.Bound, best.Additive), additive.Solver, time);
        return new Placement
        {
            Devices = [.. best.Devices.Select(device => (int)device)],
            Segments = segments,
            Transfers = transfers,
            ItemCost = assembler.ItemCost(),
            TransferCost = assembler.TransferCost(),
            LaunchCost = best.Launches,
            AdditiveCertificate = additiveCertificate,
            Certificate = objective == PlacementObjective.Additive
                ? additiveCertificate
                : new Certificate(objective, unit, best.Total, Math.Min(solver.Bound, best.Total), $"{additive.Solver} and segment order", time),
        };
    }
}
