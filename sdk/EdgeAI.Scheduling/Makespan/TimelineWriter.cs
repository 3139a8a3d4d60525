using System.Collections.Immutable;
using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Search;

namespace EdgeAI.Scheduling.Makespan;

/// <summary>Writes a sequence of runs out as a placement with its timeline.</summary>
internal static class TimelineWriter
{
    public static OrderedPlacement Order(DenseProblem problem, IReadOnlyList<Run> runs)
    {
        var (segmentOf, launches) = (new int[problem.ItemCount], 0.0);
        for (var segment = 0; segment < runs.Count; segment++)
        {
            launches += problem.Launch[runs[segment].Device];
            foreach (var item in runs[segment].Items)
            {
                segmentOf[item] = segment;
            }
        }

        var devices = Run.DevicesOf(runs, problem.ItemCount);
        return new OrderedPlacement(devices, segmentOf, [.. runs.Select(run => (int)run.Device)], problem.AdditiveCost(devices), launches);
    }

    public static Timeline Write(DenseProblem problem, IReadOnlyList<Run> runs)
    {
        var clock = RunSequence.Play(problem, [.. runs.Select(run => run with { Items = [.. run.Items.Order()] })])!;
        return new Timeline(
            [.. runs.Select((run, index) => new DeviceSpan(run.Device, clock.StartOf(index), clock.EndOf(index)))],
            [.. clock.Copies.Select(copy => new CopySpan(copy.Value, copy.From, copy.To, copy.Start, copy.End))],
            Items(problem, clock), clock.Finish);
    }

    private static ImmutableArray<DeviceSpan> Items(DenseProblem problem, ScheduleClock clock)
    {
        var spans = new DeviceSpan[problem.ItemCount];
        for (var run = 0; run < clock.Count; run++)
        {
            var (device, time) = (clock.Runs[run].Device, clock.StartOf(run) + problem.Launch[clock.Runs[run].Device]);
            foreach (var item in clock.Runs[run].Items)
            {
                spans[item] = new DeviceSpan(device, time, time + problem.ItemCost(item, device));
                time = spans[item].End;
            }
        }

        return [.. spans];
    }
}
