using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Segments;

namespace EdgeAI.Scheduling.Search;

/// <summary>Devices of all items with the segment order found for them, and what both cost.</summary>
internal sealed record OrderedPlacement(byte[] Devices, int[] SegmentOf, int[] SegmentDevices, double Additive, double Launches)
{
    public double Total => Additive + Launches;

    public static OrderedPlacement Of(DenseProblem problem, byte[] devices, int beamWidth)
    {
        var (segmentOf, count) = SegmentOrder.Find(problem, devices, beamWidth);
        var (segmentDevices, launchesOf) = (new int[count], new double[PlacementProblem.MaxDevices]);
        for (var item = 0; item < devices.Length; item++)
        {
            segmentDevices[segmentOf[item]] = devices[item];
        }

        foreach (var device in segmentDevices)
        {
            launchesOf[device]++;
        }

        return new OrderedPlacement(devices, segmentOf, segmentDevices, problem.AdditiveCost(devices), LaunchPath.Cost(problem, launchesOf));
    }

    /// <summary>The items in the order of execution.</summary>
    public int[] Order()
    {
        var order = new int[Devices.Length];
        for (var item = 0; item < order.Length; item++)
        {
            order[item] = item;
        }

        Array.Sort(order, (left, right) => SegmentOf[left] != SegmentOf[right] ? SegmentOf[left] - SegmentOf[right] : left - right);
        return order;
    }

    public int Compare(OrderedPlacement other, PlacementObjective objective) => objective == PlacementObjective.Additive
        ? Additive.CompareTo(other.Additive)
        : Total.CompareTo(other.Total);
}
