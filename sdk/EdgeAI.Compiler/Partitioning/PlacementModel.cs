using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Scheduling;

namespace EdgeAI.Compiler.Partitioning;

/// <summary>States a compilation's placement as the scheduler's plain records.</summary>
internal static class PlacementModel
{
    /// <summary>The problem, and the graph value behind each of its values.</summary>
    public static (PlacementProblem Problem, IReadOnlyList<Value> Values) Build(Compilation state)
    {
        var profile = state.Options.Profile;
        var values = new List<Value>();
        var problem = new PlacementProblem
        {
            Devices = [.. state.Targets.Select((target, index) => new PlacementDevice(target.Id, profile.LaunchSeconds(target.Id), CapacityBytes: DeviceMemory.Left(state, index)))],
            Items = [.. state.Units.Select(unit => new PlacementItem(unit.Name))],
            Costs = new CostTable(state.Units.Length, state.Targets.Length, (unit, target) => Cost(state.Answers[unit, target], state.Options.Placement)),
            Values = Values(state, values),
            Links = Links(state, hasBorders: true),
        };
        return (problem, values);
    }

    /// <summary>The links between host and devices; borders are what the targets count with copies.</summary>
    public static ImmutableArray<Link> Links(Compilation state, bool hasBorders)
    {
        var links = ImmutableArray.CreateBuilder<Link>();
        for (var device = 1; device < state.Targets.Length; device++)
        {
            var link = state.Options.Profile.Link(state.Targets[device].Id);
            var secondsPerByte = (1 / link.BytesPerSecond) + (hasBorders ? state.Targets[device].BorderSecondsPerByte : 0);
            links.Add(new Link(0, device, link.LatencySeconds, secondsPerByte, EnergyPerByte: link.JoulesPerByte));
            links.Add(new Link(device, 0, link.LatencySeconds, secondsPerByte, EnergyPerByte: link.JoulesPerByte));
        }

        return links.ToImmutable();
    }

    /// <summary>Energy that is not known counts as none, unless it is what placement asks for: then the scheduler says what lacks it.</summary>
    private static DeviceCost Cost(UnitAnswer answer, PlacementOptions options)
    {
        var isAsked = options.Objective == PlacementObjective.Energy || options.EnergyBudget is not null;
        var energy = double.IsNaN(answer.Cost.EnergyJoules) && !isAsked ? 0 : answer.Cost.EnergyJoules;
        return answer.Refusal is { } refusal ? DeviceCost.Refused(refusal.ToString()) : DeviceCost.Of(answer.Cost.Seconds, energy, answer.Cost.ResidentBytes);
    }

    private static ImmutableArray<PlacementValue> Values(Compilation state, List<Value> values)
    {
        var readers = Segmenter.Readers(state.Units);
        var makers = state.Units.SelectMany(unit => unit.Outputs.Select(value => (value, unit.Index))).ToDictionary(pair => pair.value, pair => pair.Index);
        var outputs = state.Model.Graph.Outputs.ToHashSet();
        var all = state.Model.Graph.Inputs.Where(readers.ContainsKey).Concat(makers.Keys).Distinct();
        var result = ImmutableArray.CreateBuilder<PlacementValue>();
        foreach (var value in all)
        {
            values.Add(value);
            var consumers = readers.TryGetValue(value, out var list) ? list : [];
            var producer = makers.GetValueOrDefault(value, PlacementValue.Ambient);
            result.Add(new PlacementValue(value.Name, ByteCount(value), producer, [.. consumers.Where(reader => reader != producer)], outputs.Contains(value)));
        }

        return result.ToImmutable();
    }

    /// <summary>Only the CPU takes units with values of unknown size, so their transfer costs nothing that matters.</summary>
    public static long ByteCount(Value value) =>
        value.Tensor is { Shape.IsStatic: true } tensor ? tensor.Element.ByteCount(tensor.Shape.ElementCount) : 0;
}
