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

    private readonly ClusterGraph _graph;
    private readonly double[] _weights;
    private readonly double[] _heights;
    private readonly int _deviceCount;
    private readonly List<(int Parent, byte Device)> _history = [];
    private readonly Stack<PartialOrder> _spare = new();
    private readonly PartialOrder _start;
    private readonly List<PartialOrder> _beam = [];
    private readonly List<PartialOrder> _candidates = [];
    private (double Cost, int History) _best = (double.PositiveInfinity, -1);

    private SegmentOrder(DenseProblem problem, ReadOnlySpan<byte> devices)
    {
        _deviceCount = problem.DeviceCount;
        _graph = new ClusterGraph(problem, devices);
        _weights = Array.TrueForAll(problem.Launch, cost => cost == 0) ? [.. problem.Launch.Select(_ => 1.0)] : problem.Launch;
        _heights = _graph.Heights(_weights);
        _start = new PartialOrder(_graph.Count);
        _start.Start(_graph, _deviceCount);
    }

    /// <summary>Finds the segment of each item; segments are numbered in the order of execution.</summary>
    public static (int[] SegmentOf, int SegmentCount) Find(DenseProblem problem, ReadOnlySpan<byte> devices, int beamWidth)
    {
        var search = new SegmentOrder(problem, devices);
        var width = Math.Clamp(BeamEntries / (search._graph.Count + 1), 1, beamWidth);
        search.Search(problem.DeviceCount <= 2 ? Math.Max(width, 2) : width);
        return search.Replay(problem.ItemCount);
    }

    private void Search(int width)
    {
        if (_start.IsComplete)
        {
            return;
        }

        ExtendAll(_start);
        for (Narrow(width); _beam.Count > 0; Narrow(width))
        {
            foreach (var order in _beam)
            {
                ExtendAll(order);
                _spare.Push(order);
            }
        }
    }

    private void ExtendAll(PartialOrder order)
    {
        for (byte device = 0; device < _deviceCount; device++)
        {
            if (device == order.Device || !order.CanRun(_graph, device))
            {
                continue;
            }

            var next = _spare.TryPop(out var reused) ? reused : new PartialOrder(_graph.Count);
            next.Extend(order, _graph, device, _weights, _heights);
            if (next.Bound < _best.Cost)
            {
                _history.Add((order.History, device));
                next.History = _history.Count - 1;
                _candidates.Add(next);
            }
            else
            {
                _spare.Push(next);
            }
        }
    }

    /// <summary>Takes the complete candidates out, then keeps the most promising that no other dominates.</summary>
    private void Narrow(int width)
    {
        _beam.Clear();
        _candidates.Sort(Compare);
        foreach (var candidate in _candidates)
        {
            if (candidate.IsComplete && candidate.Cost < _best.Cost)
            {
                _best = (candidate.Cost, candidate.History);
            }
        }

        foreach (var candidate in _candidates)
        {
            var isKept = !candidate.IsComplete && candidate.Bound < _best.Cost && _beam.Count < width && !_beam.Exists(kept => kept.Dominates(candidate));
            (isKept ? (Action<PartialOrder>)_beam.Add : _spare.Push)(candidate);
        }

        _candidates.Clear();
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
        for (var entry = _best.History; entry >= 0; entry = _history[entry].Parent)
        {
            sequence.Push(_history[entry].Device);
        }

        var (segmentOfCluster, segment, order) = (new int[_graph.Count], 0, _start);
        foreach (var device in sequence)
        {
            var next = new PartialOrder(_graph.Count);
            next.Extend(order, _graph, device, _weights, _heights, cluster => segmentOfCluster[cluster] = segment);
            (order, segment) = (next, segment + 1);
        }

        var segmentOf = new int[itemCount];
        for (var item = 0; item < itemCount; item++)
        {
            segmentOf[item] = segmentOfCluster[_graph.ClusterOf(item)];
        }

        return (segmentOf, segment);
    }
}
