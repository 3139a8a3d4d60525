using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Search;

namespace EdgeAI.Scheduling.Makespan;

/// <summary>Sequences of runs out of other descriptions of a schedule.</summary>
internal static class RunSequence
{
    /// <summary>The segments of an ordered placement.</summary>
    public static List<Run> Of(OrderedPlacement placement)
    {
        var items = Array.ConvertAll(placement.SegmentDevices, _ => new List<int>());
        for (var item = 0; item < placement.SegmentOf.Length; item++)
        {
            items[placement.SegmentOf[item]].Add(item);
        }

        return [.. items.Select((list, segment) => new Run((byte)placement.SegmentDevices[segment], [.. list]))];
    }

    /// <summary>
    /// Items in a topological order, each a run of its own or joined to the run before it on the same device: the earliest end decides.
    /// With <paramref name="joinsAlways"/> every neighbor on the same device is joined.
    /// </summary>
    public static List<Run> Of(DenseProblem problem, byte[] devices, ReadOnlySpan<int> order, bool joinsAlways)
    {
        var clock = new ScheduleClock(problem);
        foreach (var item in order)
        {
            var alone = clock.Push(new Run(devices[item], [item]));
            if (clock.Count < 2 || clock.Runs[clock.Count - 2].Device != devices[item])
            {
                continue;
            }

            var last = clock.Runs[clock.Count - 2];
            clock.Rewind(clock.Count - 2);
            var joined = clock.Push(new Run(last.Device, [.. last.Items, item]));
            if (joined > alone && !joinsAlways)
            {
                clock.Rewind(clock.Count - 1);
                clock.Push(last);
                clock.Push(new Run(devices[item], [item]));
            }
        }

        return [.. clock.Runs];
    }

    /// <summary>Every item a run of its own.</summary>
    public static List<Run> Single(byte[] devices, ReadOnlySpan<int> order)
    {
        var runs = new List<Run>(order.Length);
        foreach (var item in order)
        {
            runs.Add(new Run(devices[item], [item]));
        }

        return runs;
    }

    /// <summary>Whether two sequences have the same runs in the same order.</summary>
    public static bool AreEqual(List<Run> left, List<Run> right)
    {
        var isEqual = left.Count == right.Count;
        for (var run = 0; run < left.Count && isEqual; run++)
        {
            isEqual = left[run].Device == right[run].Device && left[run].Items.AsSpan().SequenceEqual(right[run].Items);
        }

        return isEqual;
    }

    /// <summary>The makespan of a sequence; infinite if it is not a topological order.</summary>
    public static double Makespan(DenseProblem problem, IReadOnlyList<Run> runs) => Play(problem, runs)?.Finish ?? double.PositiveInfinity;

    /// <summary>Plays a sequence with outputs as soon as they are made and with outputs last, and returns what ends first; nothing if it is not a topological order.</summary>
    public static ScheduleClock? Play(DenseProblem problem, IReadOnlyList<Run> runs)
    {
        var (soon, last) = (Play(problem, runs, outputsLast: false), Play(problem, runs, outputsLast: true));
        return last is not null && last.Finish < soon!.Finish ? last : soon;
    }

    private static ScheduleClock? Play(DenseProblem problem, IReadOnlyList<Run> runs, bool outputsLast)
    {
        var clock = new ScheduleClock(problem, outputsLast);
        foreach (var run in runs)
        {
            if (double.IsInfinity(clock.Push(run)))
            {
                return null;
            }
        }

        clock.Complete();
        return clock;
    }
}
