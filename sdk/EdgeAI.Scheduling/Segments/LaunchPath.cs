using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Segments;

/// <summary>
/// A path of the graph for each device. Every order runs a path's items in the path's order, so a device is launched at
/// least as often as its path enters it: additive sum plus these launches is a lower bound that elimination can minimize.
/// </summary>
internal sealed class LaunchPath
{
    /// <summary>Stands in a path where launches between the items before and after it are counted elsewhere.</summary>
    public const int Break = -1;

    private LaunchPath(int[][] pathOf) => PathOf = pathOf;

    /// <summary>No launches.</summary>
    public static LaunchPath None { get; } = new([]);

    /// <summary>The path of each device; empty for <see cref="None"/>.</summary>
    private int[][] PathOf { get; }

    /// <summary>The same path for all devices.</summary>
    public static LaunchPath Along(DenseProblem problem, int[] path) => new([.. Enumerable.Repeat(path, problem.DeviceCount)]);

    /// <summary>The path that costs most launches in a placement, for all devices.</summary>
    public static LaunchPath Common(DenseProblem problem, ReadOnlySpan<byte> devices) => Along(problem, Heaviest(problem, devices, problem.Launch));

    /// <summary>For each device by itself the path that enters it most often in a placement.</summary>
    public static LaunchPath Separate(DenseProblem problem, ReadOnlySpan<byte> devices)
    {
        var paths = new int[problem.DeviceCount][];
        for (var device = 0; device < paths.Length; device++)
        {
            var launches = new double[problem.DeviceCount];
            launches[device] = 1;
            paths[device] = Heaviest(problem, devices, launches);
        }

        return new LaunchPath(paths);
    }

    public bool IsNone => PathOf.Length == 0;

    /// <summary>The paths without what is inside solved blocks, whose launches are counted there.</summary>
    public LaunchPath Outside(BranchBlocks blocks)
    {
        var outside = PathOf.Distinct().ToDictionary(path => path, path => Outside(path, blocks));
        return new LaunchPath(Array.ConvertAll(PathOf, path => outside[path]));
    }

    private static int[] Outside(int[] path, BranchBlocks blocks)
    {
        var (outside, last) = (new List<int>(path.Length), -1);
        foreach (var item in path)
        {
            if (blocks.Contains(item))
            {
                continue;
            }

            if (blocks.LieBetween(last, item))
            {
                outside.Add(Break);
            }

            outside.Add(item);
            last = item;
        }

        return [.. outside];
    }

    public bool Equals(LaunchPath other) => PathOf.Length == other.PathOf.Length && PathOf.Zip(other.PathOf).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));

    /// <summary>The different paths, each with the launch costs of the devices that it stands for (0 for others).</summary>
    public IEnumerable<(int[] Path, double[] Launches)> Parts(DenseProblem problem) => PathOf
        .Select((path, device) => (path, device))
        .GroupBy(pair => pair.path)
        .Select(group => (group.Key, Enumerable.Range(0, problem.DeviceCount).Select(device => group.Any(pair => pair.device == device) ? problem.Launch[device] : 0).ToArray()));

    /// <summary>What the launches along the paths cost, in order of devices so that sums compare exactly.</summary>
    public double Cost(DenseProblem problem, ReadOnlySpan<byte> devices)
    {
        Span<int> counts = stackalloc int[PlacementProblem.MaxDevices];
        Span<double> launches = stackalloc double[PlacementProblem.MaxDevices];
        Count(devices, counts);
        for (var device = 0; device < counts.Length; device++)
        {
            launches[device] = counts[device];
        }

        return Cost(problem, launches);
    }

    /// <summary>How often each device's path enters it.</summary>
    public void Count(ReadOnlySpan<byte> devices, Span<int> counts)
    {
        counts.Clear();
        for (var device = 0; device < PathOf.Length; device++)
        {
            var wasOn = false;
            foreach (var item in PathOf[device])
            {
                var isOn = item == Break || devices[item] == device;
                counts[device] += isOn && !wasOn && item != Break ? 1 : 0;
                wasOn = isOn;
            }
        }
    }

    public static double Cost(DenseProblem problem, ReadOnlySpan<double> launchesOf)
    {
        var cost = 0.0;
        for (var device = 0; device < problem.DeviceCount; device++)
        {
            cost += launchesOf[device] * problem.Launch[device];
        }

        return cost;
    }

    /// <summary>The path that costs most launches in a placement; the longest of several.</summary>
    private static int[] Heaviest(DenseProblem problem, ReadOnlySpan<byte> devices, double[] launches)
    {
        var (costs, lengths, before) = (new double[devices.Length], new int[devices.Length], new int[devices.Length]);
        var (last, length) = (-1, 0);
        for (var item = 0; item < devices.Length; item++)
        {
            (costs[item], lengths[item], before[item]) = (launches[devices[item]], 1, -1);
            foreach (var predecessor in problem.Predecessors[item])
            {
                var cost = costs[predecessor] + (devices[predecessor] == devices[item] ? 0 : launches[devices[item]]);
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
