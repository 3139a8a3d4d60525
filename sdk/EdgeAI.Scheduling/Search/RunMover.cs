using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Search;

/// <summary>Moves whole segments to another device where that saves more launches and copies than it costs.</summary>
internal sealed class RunMover(DenseProblem problem)
{
    private const double Threshold = 1e-12;

    private readonly int[] _touched = new int[problem.ValueCount];
    private int _stamp;

    /// <summary>Finds moves that improve the total in the placement's order; of neighboring segments only one moves.</summary>
    public bool TryImprove(OrderedPlacement placement, out byte[] devices)
    {
        devices = [.. placement.Devices];
        var order = placement.Order();
        var (moved, start, wasMoved) = (false, 0, false);
        for (var segment = 0; segment < placement.SegmentDevices.Length; segment++)
        {
            var end = start;
            while (end < order.Length && placement.SegmentOf[order[end]] == segment)
            {
                end++;
            }

            wasMoved = !wasMoved && TryMove(placement, segment, order.AsSpan(start..end), devices);
            (moved, start) = (moved || wasMoved, end);
        }

        return moved;
    }

    private bool TryMove(OrderedPlacement placement, int segment, ReadOnlySpan<int> items, byte[] devices)
    {
        var (own, best, saved) = (placement.SegmentDevices[segment], -1, placement.Total * Threshold);
        var before = CostOf(items, devices);
        foreach (var device in BitsOf(AllowedFor(items) & ~(1 << own)))
        {
            Assign(items, device, devices);
            var saving = before - CostOf(items, devices) + LaunchSaving(placement.SegmentDevices, segment, device);
            (best, saved) = saving > saved ? (device, saving) : (best, saved);
        }

        Assign(items, best < 0 ? own : best, devices);
        return best >= 0;
    }

    private double LaunchSaving(int[] segments, int segment, int device)
    {
        var launch = problem.Launch;
        var merges = segment > 0 && segments[segment - 1] == device;
        var nextMerges = segment + 1 < segments.Length && segments[segment + 1] == device;
        return launch[segments[segment]] - (merges ? 0 : launch[device]) + (nextMerges ? launch[device] : 0);
    }

    private int AllowedFor(ReadOnlySpan<int> items)
    {
        var allowed = -1;
        foreach (var item in items)
        {
            allowed &= problem.Allowed[item];
        }

        return allowed;
    }

    private static IEnumerable<int> BitsOf(int set)
    {
        for (var device = 0; device < PlacementProblem.MaxDevices; device++)
        {
            if ((set >> device & 1) != 0)
            {
                yield return device;
            }
        }
    }

    private static void Assign(ReadOnlySpan<int> items, int device, byte[] devices)
    {
        foreach (var item in items)
        {
            devices[item] = (byte)device;
        }
    }

    /// <summary>The items' costs and those of all values that touch them.</summary>
    private double CostOf(ReadOnlySpan<int> items, byte[] devices)
    {
        var cost = 0.0;
        _stamp++;
        foreach (var item in items)
        {
            cost += problem.ItemCost(item, devices[item]);
            foreach (var value in problem.ValuesOf[item])
            {
                cost += _touched[value] == _stamp ? 0 : problem.CopyCost(value, devices);
                _touched[value] = _stamp;
            }
        }

        return cost;
    }
}
