using System.Runtime.InteropServices;
using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Throughput;

/// <summary>
/// The best pipeline in which each device runs one stage: dynamic programming over sets of items that are closed under
/// predecessors (ideals) and over the devices used so far. On a chain the ideals are its prefixes, and this is chains-on-chains for
/// every order of devices. Exact where every device is linked with the host only, as then each stage pays for its copies by itself.
/// </summary>
internal sealed class StageChain
{
    private const int MostIdeals = 1500;
    private const long MostSteps = 40_000_000;

    private readonly DenseProblem _problem;
    private readonly List<ulong[]> _ideals = [];
    private readonly List<int[]> _additions = [];
    private readonly CancellationToken _cancellation;
    private readonly double[] _periods;
    private readonly (int Ideal, byte Device)[] _from;
    private readonly StageLoad _load;

    private StageChain(DenseProblem problem, CancellationToken cancellation)
    {
        (_problem, _cancellation) = (problem, cancellation);
        _load = new StageLoad(problem);
        IsComplete = FindIdeals();
        _periods = new double[IsComplete ? _ideals.Count << problem.DeviceCount : 0];
        _from = new (int, byte)[_periods.Length];
    }

    private bool IsComplete { get; }

    /// <summary>The devices of the best pipeline of one stage per device; null when there are too many ideals.</summary>
    public static byte[]? Solve(DenseProblem problem, CancellationToken cancellation)
    {
        var chain = new StageChain(problem, cancellation);
        return chain.IsComplete && chain.Run() ? chain.ReadBack() : null;
    }

    /// <summary>Whether copies go between the host and one device only, so that stages pay by themselves.</summary>
    public static bool IsExactFor(PlacementProblem problem) => problem.Links.All(link => link.From == problem.HostDevice || link.To == problem.HostDevice);

    /// <summary>All ideals by size; an ideal is known by its items, and remembers the items that can be added.</summary>
    private bool FindIdeals()
    {
        var (words, seen) = ((_problem.ItemCount + 63) / 64, new Dictionary<string, int>());
        Add(new ulong[words], seen);
        for (var index = 0; index < _ideals.Count; index++)
        {
            var additions = new List<int>();
            for (var item = 0; item < _problem.ItemCount; item++)
            {
                if (CanAdd(_ideals[index], item))
                {
                    var next = (ulong[])_ideals[index].Clone();
                    next[item / 64] |= 1UL << (item % 64);
                    additions.Add(Add(next, seen));
                }
            }

            _additions.Add([.. additions]);
            if (_ideals.Count > MostIdeals || (long)_ideals.Count * _ideals.Count * (_problem.DeviceCount << _problem.DeviceCount) > MostSteps)
            {
                return false;
            }
        }

        return true;
    }

    private int Add(ulong[] ideal, Dictionary<string, int> seen)
    {
        ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(seen, new string(MemoryMarshal.Cast<ulong, char>(ideal)), out var isKnown);
        if (!isKnown)
        {
            index = _ideals.Count;
            _ideals.Add(ideal);
        }

        return index;
    }

    private bool CanAdd(ulong[] ideal, int item)
    {
        if (Has(ideal, item))
        {
            return false;
        }

        foreach (var predecessor in _problem.Predecessors[item])
        {
            if (!Has(ideal, predecessor))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Has(ulong[] ideal, int item) => (ideal[item / 64] >> (item % 64) & 1) != 0;

    /// <summary>From each ideal, in order of size, every larger ideal as one stage; true when all items can be placed so.</summary>
    private bool Run()
    {
        Array.Fill(_periods, double.PositiveInfinity);
        _periods[0] = 0;
        var (reached, stamp) = (new int[_ideals.Count], 0);
        for (var start = 0; start < _ideals.Count; start++)
        {
            _cancellation.ThrowIfCancellationRequested();
            stamp++;
            var queue = new Queue<int>([start]);
            while (queue.TryDequeue(out var end))
            {
                Relax(start, end);
                foreach (var next in _additions[end])
                {
                    if (reached[next] != stamp)
                    {
                        reached[next] = stamp;
                        queue.Enqueue(next);
                    }
                }
            }
        }

        return !double.IsInfinity(_periods.AsSpan((_ideals.Count - 1) << _problem.DeviceCount).ToArray().Min());
    }

    private void Relax(int start, int end)
    {
        if (start == end)
        {
            return;
        }

        for (byte device = 0; device < _problem.DeviceCount; device++)
        {
            var load = _load.Of(_ideals[start], _ideals[end], device);
            for (var used = 0; used < 1 << _problem.DeviceCount && !double.IsInfinity(load); used++)
            {
                var before = _periods[(start << _problem.DeviceCount) | used];
                var slot = (end << _problem.DeviceCount) | used | 1 << device;
                if ((used >> device & 1) == 0 && Math.Max(before, load) < _periods[slot])
                {
                    (_periods[slot], _from[slot]) = (Math.Max(before, load), (start, device));
                }
            }
        }
    }

    private byte[] ReadBack()
    {
        var (devices, last) = (new byte[_problem.ItemCount], (_ideals.Count - 1) << _problem.DeviceCount);
        var used = Enumerable.Range(0, 1 << _problem.DeviceCount).MinBy(set => _periods[last | set]);
        for (var ideal = _ideals.Count - 1; ideal > 0;)
        {
            var (start, device) = _from[(ideal << _problem.DeviceCount) | used];
            for (var item = 0; item < devices.Length; item++)
            {
                devices[item] = Has(_ideals[ideal], item) && !Has(_ideals[start], item) ? device : devices[item];
            }

            (ideal, used) = (start, used & ~(1 << device));
        }

        return devices;
    }
}
