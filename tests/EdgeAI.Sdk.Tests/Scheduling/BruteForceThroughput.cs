using EdgeAI.Scheduling;

namespace EdgeAI.Sdk.Tests.Scheduling;

/// <summary>The least largest load per frame over all placements and all orders of their segments, by definition.</summary>
internal sealed class BruteForceThroughput(PlacementProblem problem, double contention)
{
    private readonly int[] _before = Predecessors(problem);

    /// <summary>The least period over all placements, and over those in which each device runs one segment (infinite if there is none).</summary>
    public (double Any, double Stages) Least()
    {
        var (any, stages) = (double.PositiveInfinity, double.PositiveInfinity);
        foreach (var devices in new BruteForce(problem).Placements())
        {
            var links = LinkPeak(devices);
            foreach (var launches in LaunchCounts(devices))
            {
                var period = Math.Max(links, DevicePeak(devices, launches));
                any = Math.Min(any, period);
                stages = launches.All(count => count <= 1) ? Math.Min(stages, period) : stages;
            }
        }

        return (any, stages);
    }

    private static int[] Predecessors(PlacementProblem problem)
    {
        var before = new int[problem.Items.Length];
        foreach (var value in problem.Values.Where(value => value.Producer >= 0))
        {
            foreach (var consumer in value.Consumers)
            {
                before[consumer] |= 1 << value.Producer;
            }
        }

        return before;
    }

    private double DevicePeak(int[] devices, int[] launches) => launches.Select((count, device) =>
        (count * problem.Devices[device].LaunchCost) + devices.Select((on, item) => on == device ? problem.Costs[item, on].Value : 0).Sum()).Max();

    private double LinkPeak(int[] devices)
    {
        var loads = problem.Links.ToDictionary(link => (link.From, link.To), _ => 0.0);
        foreach (var value in problem.Values)
        {
            var source = value.Producer < 0 ? problem.HostDevice : devices[value.Producer];
            var hops = new HashSet<(int, int)>();
            foreach (var target in value.Consumers.Select(consumer => devices[consumer]).Concat(value.IsOutput ? [problem.HostDevice] : []).Where(target => target != source))
            {
                hops.UnionWith(loads.ContainsKey((source, target)) ? [(source, target)] : [(source, problem.HostDevice), (problem.HostDevice, target)]);
            }

            foreach (var hop in hops)
            {
                loads[hop] += contention * problem.Links.Single(link => (link.From, link.To) == hop).CopyCost(value.Bytes);
            }
        }

        return loads.Values.DefaultIfEmpty(0).Max();
    }

    /// <summary>All ways in which orders launch the devices.</summary>
    public IEnumerable<int[]> LaunchCounts(int[] devices)
    {
        var found = new Dictionary<string, int[]>();
        var seen = new HashSet<string>();
        Visit(0, -1, new int[problem.Devices.Length]);
        return found.Values;

        void Visit(int done, int last, int[] counts)
        {
            var key = string.Join(',', counts);
            if (!seen.Add($"{done}|{last}|{key}"))
            {
                return;
            }

            if (done == (1 << devices.Length) - 1)
            {
                found[key] = counts;
                return;
            }

            for (var item = 0; item < devices.Length; item++)
            {
                if ((done >> item & 1) == 0 && (_before[item] & ~done) == 0)
                {
                    var next = (int[])counts.Clone();
                    next[devices[item]] += devices[item] == last ? 0 : 1;
                    Visit(done | 1 << item, devices[item], next);
                }
            }
        }
    }
}
