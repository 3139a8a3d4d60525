namespace EdgeAI.Scheduling.Throughput;

/// <summary>Moves items and segments off the busiest device as long as the period sinks, or stays and the loads' squares sink.</summary>
internal static class PeakLowering
{
    public static PipelineLoads Improve(ThroughputSolver solver, PipelineLoads start, double bound, long moves, CancellationToken cancellation)
    {
        var best = start;
        var improved = true;
        while (improved && best.Period > bound && moves > 0)
        {
            improved = false;
            foreach (var group in Groups(best))
            {
                cancellation.ThrowIfCancellationRequested();
                moves -= best.Placement.Devices.Length;
                if (moves > 0 && TryMove(solver, best, group) is { } better)
                {
                    (best, improved) = (better, true);
                    break;
                }
            }
        }

        return best;
    }

    /// <summary>What could move: segments, starts and ends of segments, and single items, those of the busiest device first.</summary>
    private static IEnumerable<int[]> Groups(PipelineLoads loads)
    {
        var order = loads.Placement.Order();
        var devices = loads.Placement.Devices;
        var segments = order.GroupBy(item => loads.Placement.SegmentOf[item]).Select(group => group.ToArray())
            .OrderByDescending(items => loads.Loads[devices[items[0]]]).ToList();
        foreach (var items in segments)
        {
            for (var length = items.Length; length > 0; length /= 2)
            {
                yield return items[..length];
                yield return items[^length..];
            }
        }

        foreach (var item in segments.SelectMany(items => items))
        {
            yield return [item];
        }
    }

    private static PipelineLoads? TryMove(ThroughputSolver solver, PipelineLoads before, int[] items)
    {
        for (byte device = 0; device < solver.Problem.DeviceCount; device++)
        {
            if (device == before.Placement.Devices[items[0]] || Array.Exists(items, item => (solver.Problem.Allowed[item] >> device & 1) == 0))
            {
                continue;
            }

            var devices = (byte[])before.Placement.Devices.Clone();
            foreach (var item in items)
            {
                devices[item] = device;
            }

            var after = solver.LoadsOf(devices);
            if (IsBetter(after, before))
            {
                return after;
            }
        }

        return null;
    }

    private static bool IsBetter(PipelineLoads after, PipelineLoads before) =>
        after.Period < before.Period * (1 - 1e-12)
        || (after.Period <= before.Period && after.Loads.Sum(load => load * load) < before.Loads.Sum(load => load * load) * (1 - 1e-9));
}
