using System.Collections.Immutable;
using EdgeAI.Compiler.Partitioning;
using EdgeAI.Runtime;
using EdgeAI.Scheduling;

namespace EdgeAI.Compiler.Costs;

/// <summary>
/// Solves the placement again with refused operators allowed, kind by kind. What such an operator would cost is estimated: as much of the
/// CPU's time as the device takes for the operators of this model that both run; where there are none, its bytes over the link.
/// </summary>
internal static class WhatIfs
{
    private const int Cpu = 0;
    private const string Everything = "everything";

    public static ImmutableArray<WhatIf> Run(Compilation state, CancellationToken cancellationToken)
    {
        if (state.Options.MaxWhatIfs <= 0 || state.Targets.Length == 1)
        {
            return [];
        }

        var (problem, _) = PlacementModel.Build(state);
        var value = PlacementSolver.Solve(problem, PlacementOptions.Default, cancellationToken).Certificate.Value;
        var found = Candidates(state).OrderByDescending(candidate => candidate.Most).Take(state.Options.MaxWhatIfs)
            .Select(candidate => Solve(state, problem, value, candidate, cancellationToken));
        return [.. found.Where(item => item.WonSeconds > value * 1e-6).OrderByDescending(item => item.WonSeconds)];
    }

    /// <summary>Operators of one kind that a target refuses, and what they cost where they are: but for copies no more can be won.</summary>
    private sealed record Candidate(int Target, string Kind, ImmutableArray<GraphUnit> Units, double Most)
    {
        public static Candidate Of(Compilation state, int target, string kind, ImmutableArray<GraphUnit> units) =>
            new(target, kind, units, units.Sum(unit => state.Answers[unit.Index, state.Placement!.Devices[unit.Index]].Cost.Seconds));
    }

    /// <summary>Kind by kind, and all of a device together: in a chain often only several kinds at once win.</summary>
    private static IEnumerable<Candidate> Candidates(Compilation state)
    {
        for (var target = 1; target < state.Targets.Length; target++)
        {
            var device = target;
            var refused = state.Units.Where(unit => state.Answers[unit.Index, device].Refusal is not null && UnitSignature.IsSized(unit)).ToList();
            var kinds = refused.GroupBy(PlanReporter.Kind, StringComparer.Ordinal).ToList();
            foreach (var kind in kinds)
            {
                yield return Candidate.Of(state, device, kind.Key, [.. kind]);
            }

            if (kinds.Count > 1)
            {
                yield return Candidate.Of(state, device, Everything, [.. refused]);
            }
        }
    }

    private static WhatIf Solve(Compilation state, PlacementProblem problem, double value, Candidate candidate, CancellationToken cancellationToken)
    {
        var share = ShareOfCpuTime(state, candidate.Target);
        var costs = candidate.Units.Select(unit => (unit.Index, Seconds: Estimate(state, unit, candidate.Target, share))).ToList();
        var allowed = problem with { Costs = problem.Costs.With(costs.Select(cost => (cost.Index, candidate.Target, DeviceCost.Of(cost.Seconds)))) };
        var better = PlacementSolver.Solve(allowed, PlacementOptions.Default, cancellationToken).Certificate.Value;
        var constraints = candidate.Units.Select(unit => state.Answers[unit.Index, candidate.Target].Refusal!.Constraint).Distinct();
        return new WhatIf(state.Targets[candidate.Target].Id, candidate.Kind, [.. constraints], candidate.Units.Length, costs.Sum(cost => cost.Seconds), value - better);
    }

    private static double? ShareOfCpuTime(Compilation state, int target)
    {
        var both = state.Units.Where(unit => state.Answers[unit.Index, target].IsSupported && state.Answers[unit.Index, Cpu].Cost.Seconds > 0).ToList();
        return both.Count == 0 ? null : both.Sum(unit => state.Answers[unit.Index, target].Cost.Seconds) / both.Sum(unit => state.Answers[unit.Index, Cpu].Cost.Seconds);
    }

    private static double Estimate(Compilation state, GraphUnit unit, int target, double? share) =>
        share is { } part ? state.Answers[unit.Index, Cpu].Cost.Seconds * part
            : WorkEstimate.Of(unit).ActivationBytes / state.Options.Profile.Link(state.Targets[target].Id).BytesPerSecond;
}
