using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Runtime;

namespace EdgeAI.Compiler;

/// <summary>Writes down why a plan is as it is.</summary>
internal static class PlanReporter
{
    public static PlanReport Report(Compilation state)
    {
        var certificate = state.Placement!.Certificate;
        var units = state.Segments.SelectMany(segment => segment.Units).ToList();
        var makers = units.SelectMany((unit, row) => unit.Outputs.Select(value => (value, row))).ToDictionary(pair => pair.value, pair => pair.row);
        return new PlanReport(
            [.. state.Segments.SelectMany(segment => segment.Units.Select(unit => Operator(state, unit, segment.Index) with { Reads = Reads(unit, makers) }))],
            certificate.Solver, certificate.Value, certificate.LowerBound, [.. state.Notes]) { WhatIfs = state.WhatIfs, Objective = certificate.ObjectiveName };
    }

    private static ImmutableArray<int> Reads(GraphUnit unit, Dictionary<Value, int> makers) =>
        [.. unit.Inputs.Where(makers.ContainsKey).Select(value => makers[value]).Distinct()];

    /// <summary>"Conv", "QDQ Conv".</summary>
    public static string Kind(GraphUnit unit) => unit.IsQuantized ? $"QDQ {unit.Anchor.OpType}" : unit.Anchor.OpType;

    private static OperatorReport Operator(Compilation state, GraphUnit unit, int segment)
    {
        var device = state.Placement!.Segments[segment].Device;
        var cost = state.Answers[unit.Index, device].Cost;
        return new OperatorReport(
            unit.Name, Kind(unit), state.Targets[device].Id, segment,
            new PredictedCost(cost.Seconds, cost.EnergyJoules, cost.BytesMoved), Answers(state, unit));
    }

    private static ImmutableArray<DeviceAnswer> Answers(Compilation state, GraphUnit unit) =>
    [
        .. state.Targets.Select((target, index) => state.Answers[unit.Index, index] is var answer && answer.Refusal is { } refusal
            ? new DeviceAnswer(target.Id, double.NaN, refusal.Constraint, refusal.Reason)
            : new DeviceAnswer(target.Id, answer.Cost.Seconds, null, null)),
    ];
}
