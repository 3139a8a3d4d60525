using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Segments;

/// <summary>
/// A topological order of placed items whose same-device runs cost few launches. Each run takes all that its device can
/// run: a larger prefix is never worse. So an order is a sequence of devices, and a beam search over (what has run, last
/// device) finds it; with two devices that is alternation from either start, which is optimal. Clean items cut every order, so blocks
/// between them are ordered one by one.
/// </summary>
internal sealed class SegmentOrder
{
    private const int BeamEntries = 1 << 17;

    private readonly ClusterGraph _graph;
    private readonly double[] _weights;
    private readonly double[] _heights;
    private readonly int _deviceCount;
    private readonly (int First, int End) _range;
    private readonly List<(int Parent, byte Device)> _history = [];
    private readonly Stack<PartialOrder> _spare = new();
    private readonly PartialOrder _start;
    private readonly List<PartialOrder> _beam = [];
    private readonly List<PartialOrder> _candidates = [];
    private (double Cost, int History) _best = (double.PositiveInfinity, -1);

    private SegmentOrder(DenseProblem problem, ReadOnlySpan<byte> devices, int first, int end)
    {
        (_deviceCount, _range) = (problem.DeviceCount, (first, end));
        _graph = new ClusterGraph(problem, devices, first, end);
        _weights = Array.TrueForAll(problem.Launch, cost => cost == 0) ? [.. problem.Launch.Select(_ => 1.0)] : problem.Launch;
        _heights = _graph.Heights(_weights);
        _start = new PartialOrder(_graph.Count);
        _start.Start(_graph, _deviceCount);
    }

    /// <summary>Finds the segment of each item; segments are numbered in the order of execution.</summary>
    public static (int[] SegmentOf, int SegmentCount) Find(DenseProblem problem, ReadOnlySpan<byte> devices, int beamWidth)
    {
        var (segmentOf, last) = (new int[problem.ItemCount], -1);
        foreach (var block in problem.Blocks)
        {
            var (first, end) = (Math.Max(block.Source, 0), Math.Min(block.Sink + 1, problem.ItemCount));
            var onOneDevice = first < end && devices[first..end].IndexOfAnyExcept(devices[first]) < 0;
            if (onOneDevice)
            {
                last = Math.Max(last, 0);
                segmentOf.AsSpan(block.First..end).Fill(last);
            }
            else if (block.Source >= 0 && block.First + 1 == end)
            {
                segmentOf[block.First] = ++last;
            }
            else if (first < end)
            {
                last = OrderBlock(problem, devices, (first, end), beamWidth, segmentOf);
            }
        }

        return (segmentOf, last + 1);
    }

    /// <summary>Orders a range that begins with the clean item before a block, in whose segment the numbers go on; returns the last segment.</summary>
    private static int OrderBlock(DenseProblem problem, ReadOnlySpan<byte> devices, (int First, int End) range, int beamWidth, int[] segmentOf)
    {
        var search = new SegmentOrder(problem, devices, range.First, range.End);
        var width = Math.Clamp(BeamEntries / (search._graph.Count + 1), 1, beamWidth);
        search.Search(problem.DeviceCount <= 2 ? Math.Max(width, 2) : width);
        return search.Replay(segmentOf.AsSpan(range.First..range.End));
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

    /// <summary>Numbers the range's items from the number of the first one on; returns the last number.</summary>
    private int Replay(Span<int> segmentOf)
    {
        var sequence = new Stack<byte>();
        for (var entry = _best.History; entry >= 0; entry = _history[entry].Parent)
        {
            sequence.Push(_history[entry].Device);
        }

        var (segmentOfCluster, segment, order) = (new int[_graph.Count], segmentOf[0], _start);
        foreach (var device in sequence)
        {
            var next = new PartialOrder(_graph.Count);
            next.Extend(order, _graph, device, _weights, _heights, cluster => segmentOfCluster[cluster] = segment);
            (order, segment) = (next, segment + 1);
        }

        for (var item = _range.First; item < _range.End; item++)
        {
            segmentOf[item - _range.First] = segmentOfCluster[_graph.ClusterOf(item)];
        }

        return segment - 1;
    }
}
