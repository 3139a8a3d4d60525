using System.Collections.Immutable;

namespace EdgeAI.Runtime.Execution;

/// <summary>
/// Which step waits for which, and on which lane each is done; computed once when a plan is loaded. A lane does one step at a
/// time: a device is one, and so is the link between two devices.
/// </summary>
internal sealed class StepGraph
{
    private StepGraph(ImmutableArray<ImmutableArray<int>> predecessors, ImmutableArray<int> lanes, ImmutableArray<string> laneNames)
    {
        (Predecessors, Lanes, LaneNames) = (predecessors, lanes, laneNames);
        Successors = Invert(predecessors);
        Roots = [.. Enumerable.Range(0, StepCount).Where(step => predecessors[step].IsEmpty)];
        IsChain = Enumerable.Range(1, Math.Max(0, StepCount - 1)).All(step => lanes[step] == lanes[step - 1] || predecessors[step].Contains(step - 1));
    }

    public int StepCount => Predecessors.Length;

    /// <summary>Per step the earlier ones that it waits for itself; others it waits for through these.</summary>
    public ImmutableArray<ImmutableArray<int>> Predecessors { get; }

    public ImmutableArray<ImmutableArray<int>> Successors { get; }

    /// <summary>Steps that wait for none.</summary>
    public ImmutableArray<int> Roots { get; }

    /// <summary>Lane of each step.</summary>
    public ImmutableArray<int> Lanes { get; }

    /// <summary>"npu" for a device, "cpu↔npu" for a link.</summary>
    public ImmutableArray<string> LaneNames { get; }

    /// <summary>True when no two steps of one frame can be done at the same time.</summary>
    public bool IsChain { get; }

    public static StepGraph Of(Plan plan)
    {
        var map = new AccessMap(plan);
        var predecessors = plan.Steps.Select((_, step) => map.Add(step).ToImmutableArray()).ToImmutableArray();
        var names = plan.Steps.Select(step => LaneName(plan, step)).ToList();
        ImmutableArray<string> distinct = [.. names.Distinct()];
        return new StepGraph(predecessors, [.. names.Select(name => distinct.IndexOf(name))], distinct);
    }

    private static string LaneName(Plan plan, PlanStep step) => step switch
    {
        CopyStep copy => LinkName(plan, plan.Tensors[copy.From].Device, plan.Tensors[copy.To].Device),
        _ => PlanText.DeviceOf(plan, step),
    };

    private static string LinkName(Plan plan, int from, int to) => $"{plan.Devices[Math.Min(from, to)].Id}↔{plan.Devices[Math.Max(from, to)].Id}";

    private static ImmutableArray<ImmutableArray<int>> Invert(ImmutableArray<ImmutableArray<int>> edges)
    {
        var inverse = edges.Select(_ => ImmutableArray.CreateBuilder<int>()).ToArray();
        for (var step = 0; step < edges.Length; step++)
        {
            foreach (var other in edges[step])
            {
                inverse[other].Add(step);
            }
        }

        return [.. inverse.Select(list => list.ToImmutable())];
    }
}
