using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Segments;

/// <summary>
/// A topological order of placed items whose same-device runs cost few launches. Each run takes all that its device can
/// run: a larger prefix is never worse. So an order is a sequence of devices, and a beam search over (what has run, last
/// device) finds it; with two devices that is alternation from either start, which is optimal.
/// </summary>
internal sealed class SegmentOrder
{
    private const int BeamEntries = 1 << 17;

    private readonly ClusterGraph graph;
    private readonly double[] weights;
    private readonly double[] heights;
    private readonly int deviceCount;
    private readonly List<(int Parent, byte Device)> history = [];
    private readonly Stack<PartialOrder> spare = new();
    private readonly PartialOrder start;
    private List<PartialOrder> beam = [];
    private List<PartialOrder> candidates = [];
    private (double Cost, int History) best = (double.PositiveInfinity, -1);

    private SegmentOrder(DenseProblem problem, ReadOnlySpan<byte> devices)
    {
        deviceCount = problem.DeviceCount;
        graph = new ClusterGraph(problem, devices);
        weights = Array.TrueForAll(problem.Launch, cost => cost == 0) ? [.. problem.Launch.Select(_ => 1.0)] : problem.Launch;
        heights = graph.Heights(weights);
        start = new PartialOrder(graph.Count);
        start.Start(graph, deviceCount);
    }

    /// <summary>Finds the segment of each item; segments are numbered in the order of execution.</summary>
    public static (int[] SegmentOf, int SegmentCount) Find(DenseProblem problem, ReadOnlySpan<byte> devices, int beamWidth)
    {
        var search = new SegmentOrder(problem, devices);
        var width = Math.Clamp(BeamEntries / (search.graph.Count + 1), 1, beamWidth);
        search.Search(problem.DeviceCount <= 2 ? Math.Max(width, 2) : width);
        return search.Replay(problem.ItemCount);
    }

    private void Search(int width)
    {
        if (start.IsComplete)
        {
            return;
        }

        ExtendAll(start);
        for (Narrow(width); beam.Count > 0; Narrow(width))
        {
            foreach (var order in beam)
            {
                ExtendAll(order);
                spare.Push(order);
            }
        }
    }

    private void ExtendAll(PartialOrder order)
    {
        for (byte device = 0; device < deviceCount; device++)
        {
            if (device == order.Device || !order.CanRun(graph, device))
            {
                continue;
            }

            var next = spare.TryPop(out var reused) ? reused : new PartialOrder(graph.Count);
            next.Extend(order, graph, device, weights, heights);
            if (next.Bound < best.Cost)
            {
                history.Add((order.History, device));
                next.History = history.Count - 1;
                candidates.Add(next);
            }
            else
            {
                spare.Push(next);
            }
        }
    }

    /// <summary>Takes the complete candidates out, then keeps the most promising that no other dominates.</summary>
    private void Narrow(int width)
    {
        beam.Clear();
        candidates.Sort(Compare);
        foreach (var candidate in candidates)
        {
            if (candidate.IsComplete && candidate.Cost < best.Cost)
            {
                best = (candidate.Cost, candidate.History);
            }
        }

        foreach (var candidate in candidates)
        {
            var isKept = !candidate.IsComplete && candidate.Bound < best.Cost && beam.Count < width && !beam.Exists(kept => kept.Dominates(candidate));
            (isKept ? (Action<PartialOrder>)beam.Add : spare.Push)(candidate);
        }

        candidates.Clear();
    }

    private static int Compare(PartialOrder left, PartialOrder right)
    {
        var byBound = left.Bound.CompareTo(right.Bound);
        var byProgress = byBound != 0 ? byBound : right.DoneCount.CompareTo(left.DoneCount);
        return byProgress != 0 ? byProgress : left.History.CompareTo(right.History);
    }

    private (int[] SegmentOf, int SegmentCount) Replay(int itemCount)
    {
        var sequence = new Stack<byte>();
        for (var entry = best.History; entry >= 0; entry = history[entry].Parent)
        {
            sequence.Push(history[entry].Device);
        }

        var (segmentOfCluster, segment, order) = (new int[graph.Count], 0, start);
        foreach (var device in sequence)
        {
            var next = new PartialOrder(graph.Count);
            next.Extend(order, graph, device, weights, heights, cluster => segmentOfCluster[cluster] = segment);
            (order, segment) = (next, segment + 1);
        }

        var segmentOf = new int[itemCount];
        for (var item = 0; item < itemCount; item++)
        {
            segmentOf[item] = segmentOfCluster[graph.ClusterOf(item)];
        }

        return (segmentOf, segment);
    }
}
