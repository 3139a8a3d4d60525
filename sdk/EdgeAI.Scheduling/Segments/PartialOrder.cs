using System.Numerics;

namespace EdgeAI.Scheduling.Segments;

/// <summary>A prefix of a segment order: what has run, what could run next, and what it cost. Its buffers are reused.</summary>
internal sealed class PartialOrder(int clusterCount)
{
    private readonly ulong[] _done = new ulong[(clusterCount + 63) / 64];
    private readonly List<int> _ready = [];
    private readonly Stack<int> _pending = new();

    /// <summary>The device of the last segment; -1 before the first.</summary>
    public int Device { get; private set; } = -1;

    public double Cost { get; private set; }

    /// <summary>What every completion costs at least.</summary>
    public double Bound { get; private set; }

    public int DoneCount { get; private set; }

    /// <summary>Where the order's history is kept.</summary>
    public int History { get; set; } = -1;

    public bool IsComplete => _ready.Count == 0;

    public void Start(ClusterGraph graph, int deviceCount)
    {
        for (var cluster = 0; cluster < deviceCount; cluster++)
        {
            if (graph.ItemsIn(cluster) > 0)
            {
                _ready.Add(cluster);
            }
        }
    }

    public bool CanRun(ClusterGraph graph, int device)
    {
        foreach (var cluster in _ready)
        {
            if (graph.DeviceOf(cluster) == device)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Becomes <paramref name="other"/> followed by a segment of all that one device can then run.</summary>
    public void Extend(PartialOrder other, ClusterGraph graph, int device, double[] weights, double[] heights, Action<int>? onRun = null)
    {
        other._done.CopyTo(_done, 0);
        _ready.Clear();
        foreach (var cluster in other._ready)
        {
            Release(graph, cluster, device);
        }

        (Device, Cost, DoneCount) = (device, other.Cost + weights[device], other.DoneCount);
        while (_pending.TryPop(out var cluster))
        {
            _done[cluster / 64] |= 1UL << (cluster % 64);
            DoneCount++;
            onRun?.Invoke(cluster);
            ReleaseSuccessors(graph, cluster, device);
        }

        Bound = Cost + Remaining(graph, weights, heights);
    }

    /// <summary>Whether everything that the other has run has run here too, as cheaply, ending on the same device.</summary>
    public bool Dominates(PartialOrder other)
    {
        if (Device != other.Device || Cost > other.Cost || DoneCount < other.DoneCount)
        {
            return false;
        }

        for (var word = 0; word < _done.Length; word++)
        {
            if ((other._done[word] & ~_done[word]) != 0)
            {
                return false;
            }
        }

        return true;
    }

    private void ReleaseSuccessors(ClusterGraph graph, int cluster, int device)
    {
        foreach (var next in graph.Successors[cluster])
        {
            var isReady = true;
            foreach (var predecessor in graph.Predecessors[next])
            {
                isReady &= (_done[predecessor / 64] >> (predecessor % 64) & 1) != 0;
            }

            if (isReady)
            {
                Release(graph, next, device);
            }
        }
    }

    private void Release(ClusterGraph graph, int cluster, int device)
    {
        if (graph.DeviceOf(cluster) == device)
        {
            _pending.Push(cluster);
        }
        else
        {
            _ready.Add(cluster);
        }
    }

    private double Remaining(ClusterGraph graph, double[] weights, double[] heights)
    {
        var (most, waiting) = (0.0, 0);
        foreach (var cluster in _ready)
        {
            most = Math.Max(most, weights[graph.DeviceOf(cluster)] + heights[cluster]);
            waiting |= 1 << graph.DeviceOf(cluster);
        }

        var each = 0.0;
        for (; waiting != 0; waiting &= waiting - 1)
        {
            each += weights[BitOperations.TrailingZeroCount(waiting)];
        }

        return Math.Max(most, each);
    }
}
