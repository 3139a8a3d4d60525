using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Segments;

/// <summary>
/// Launches along one path of the graph. Every order runs a path's items in the path's order, so a device is launched at
/// least as often as the path enters it: additive sum plus these launches is a lower bound that elimination can minimize.
/// </summary>
internal static class LaunchPath
{
    /// <summary>What the launches along a path cost, in order of devices so that sums compare exactly.</summary>
    public static double Cost(DenseProblem problem, ReadOnlySpan<byte> devices, ReadOnlySpan<int> path)
    {
        Span<int> counts = stackalloc int[PlacementProblem.MaxDevices];
        counts.Clear();
        for (var place = 0; place < path.Length; place++)
        {
            var device = devices[path[place]];
            counts[device] += place == 0 || devices[path[place - 1]] != device ? 1 : 0;
        }

        return Cost(problem, counts);
    }

    public static double Cost(DenseProblem problem, ReadOnlySpan<int> launchesOf)
    {
        var cost = 0.0;
        for (var device = 0; device < problem.DeviceCount; device++)
        {
            cost += launchesOf[device] * problem.Launch[device];
        }

        return cost;
    }

    /// <summary>The path that costs most launches in a placement; the longest of several.</summary>
    public static int[] Heaviest(DenseProblem problem, ReadOnlySpan<byte> devices)
    {
        var (costs, lengths, before) = (new double[devices.Length], new int[devices.Length], new int[devices.Length]);
        var (last, length) = (-1, 0);
        for (var item = 0; item < devices.Length; item++)
        {
            (costs[item], lengths[item], before[item]) = (problem.Launch[devices[item]], 1, -1);
            foreach (var predecessor in problem.Predecessors[item])
            {
                var cost = costs[predecessor] + (devices[predecessor] == devices[item] ? 0 : problem.Launch[devices[item]]);
                if (before[item] < 0 || cost > costs[item] || (cost == costs[item] && lengths[predecessor] + 1 > lengths[item]))
                {
                    (costs[item], lengths[item], before[item]) = (cost, lengths[predecessor] + 1, predecessor);
                }
            }

            var isBetter = last < 0 || costs[item] > costs[last] || (costs[item] == costs[last] && lengths[item] > length);
            (last, length) = isBetter ? (item, lengths[item]) : (last, length);
        }

        var path = new int[length];
        for (var place = length - 1; place >= 0; place--)
        {
            path[place] = last;
            last = before[last];
        }

        return path;
    }
}
