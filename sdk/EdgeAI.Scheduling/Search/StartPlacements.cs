using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Search;

/// <summary>Placements that need no search.</summary>
internal static class StartPlacements
{
    /// <summary>Each device first, then each list of priorities, by name.</summary>
    public static IEnumerable<(string Name, byte[] Devices)> All(DenseProblem problem)
    {
        var first = Enumerable.Range(0, problem.DeviceCount).Select(device => ($"{problem.Source.Devices[device].Name} first", Prefer(problem, device)));
        return first.Concat(Priorities(problem.DeviceCount).Select(priority => ("priorities", ByPriority(problem, priority))));
    }

    /// <summary>Everything that a device takes is there; the rest is where it costs least.</summary>
    public static byte[] Prefer(DenseProblem problem, int device)
    {
        var devices = new byte[problem.ItemCount];
        for (var item = 0; item < devices.Length; item++)
        {
            var takes = (problem.Allowed[item] >> device & 1) != 0;
            devices[item] = (byte)(takes ? device : Enumerable.Range(0, problem.DeviceCount).MinBy(other => problem.ItemCost(item, other)));
        }

        return devices;
    }

    /// <summary>Each item is on the first device of a list of priorities that takes it, as ONNX Runtime places.</summary>
    public static byte[] ByPriority(DenseProblem problem, ReadOnlySpan<int> priority)
    {
        var devices = new byte[problem.ItemCount];
        for (var item = 0; item < devices.Length; item++)
        {
            foreach (var device in priority)
            {
                if ((problem.Allowed[item] >> device & 1) != 0)
                {
                    devices[item] = (byte)device;
                    break;
                }
            }
        }

        return devices;
    }

    /// <summary>All orders of the devices, up to four devices; else rotations.</summary>
    public static IEnumerable<int[]> Priorities(int devices)
    {
        if (devices > 4)
        {
            return Enumerable.Range(0, devices).Select(first => Enumerable.Range(0, devices).Select(place => (first + place) % devices).ToArray());
        }

        return Extend([], devices);
    }

    private static IEnumerable<int[]> Extend(int[] order, int devices) => order.Length == devices
        ? [order]
        : Enumerable.Range(0, devices).Where(device => !order.Contains(device)).SelectMany(device => Extend([.. order, device], devices));
}
