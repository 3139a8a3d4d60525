using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Makespan;

/// <summary>
/// HEFT and CPoP (Topcuoglu, Hariri and Wu 2002): ranks from mean costs, then each item goes to the device on which it ends
/// first, into a hole if it fits. A launch can be counted with each item, so that the answer holds even if nothing is joined.
/// </summary>
internal sealed class ListScheduler
{
    private readonly DenseProblem _problem;
    private readonly bool _countsLaunches;
    private readonly double[] _upward;
    private readonly double[] _downward;
    private readonly double[] _meanCopies;
    private readonly List<(double Start, double End)>[] _busy;
    private readonly double[] _starts;
    private readonly double[] _ends;
    private readonly byte[] _devices;

    public ListScheduler(DenseProblem problem, bool countsLaunches)
    {
        (_problem, _countsLaunches) = (problem, countsLaunches);
        (_upward, _downward, _meanCopies) = (new double[problem.ItemCount], new double[problem.ItemCount], new double[problem.ValueCount]);
        (_starts, _ends, _devices) = (new double[problem.ItemCount], new double[problem.ItemCount], new byte[problem.ItemCount]);
        _busy = [.. Enumerable.Range(0, problem.DeviceCount).Select(_ => new List<(double, double)>())];
        for (var value = 0; value < problem.ValueCount; value++)
        {
            _meanCopies[value] = MeanCopy(value);
        }

        for (var item = problem.ItemCount - 1; item >= 0; item--)
        {
            _upward[item] = MeanCost(item) + LongestRest(item);
        }

        for (var item = 0; item < problem.ItemCount; item++)
        {
            SendDown(item);
        }
    }

    /// <summary>Devices and an order by start of the heterogeneous-earliest-finish-time schedule.</summary>
    public (byte[] Devices, int[] Order) Heft()
    {
        var items = Enumerable.Range(0, _problem.ItemCount).OrderByDescending(item => _upward[item]).ThenBy(item => item);
        foreach (var item in items)
        {
            Place(item, -1);
        }

        return Result();
    }

    /// <summary>Likewise for critical-path-on-a-processor.</summary>
    public (byte[] Devices, int[] Order) CriticalPathOnOne()
    {
        var (critical, device) = CriticalPath();
        var waiting = Enumerable.Range(0, _problem.ItemCount).Select(item => _problem.Predecessors[item].Length).ToArray();
        var ready = new PriorityQueue<int, (double, int)>();
        for (var item = 0; item < waiting.Length; item++)
        {
            Offer(ready, item, waiting[item]);
        }

        while (ready.TryDequeue(out var item, out _))
        {
            Place(item, critical.Contains(item) ? device : -1);
            foreach (var next in _problem.Successors[item])
            {
                Offer(ready, next, --waiting[next]);
            }
        }

        return Result();
    }

    private void Offer(PriorityQueue<int, (double, int)> ready, int item, int waiting)
    {
        if (waiting == 0)
        {
            ready.Enqueue(item, (-_upward[item] - _downward[item], item));
        }
    }

    private double MeanCost(int item)
    {
        var (sum, count) = (0.0, 0);
        for (var device = 0; device < _problem.DeviceCount; device++)
        {
            var takes = (_problem.Allowed[item] >> device & 1) != 0;
            (sum, count) = takes ? (sum + Cost(item, device), count + 1) : (sum, count);
        }

        return sum / count;
    }

    private double Cost(int item, int device) => _problem.ItemCost(item, device) + (_countsLaunches ? _problem.Launch[device] : 0);

    private double MeanCopy(int value)
    {
        var sum = 0.0;
        for (var pair = 0; pair < _problem.DeviceCount * _problem.DeviceCount; pair++)
        {
            sum += Copy(value, pair / _problem.DeviceCount, pair % _problem.DeviceCount);
        }

        return sum / Math.Max(1, _problem.DeviceCount * (_problem.DeviceCount - 1));
    }

    private double Copy(int value, int from, int to) => from == to ? 0 : _problem.CopyCost(value, from, 1 << to);

    private double LongestRest(int item)
    {
        var rest = 0.0;
        foreach (var value in _problem.ValuesOf[item])
        {
            if (_problem.Producer[value] == item)
            {
                foreach (var consumer in _problem.Consumers[value])
                {
                    rest = Math.Max(rest, _meanCopies[value] + _upward[consumer]);
                }
            }
        }

        return rest;
    }

    private void SendDown(int item)
    {
        foreach (var value in _problem.ValuesOf[item])
        {
            if (_problem.Producer[value] == item)
            {
                foreach (var consumer in _problem.Consumers[value])
                {
                    _downward[consumer] = Math.Max(_downward[consumer], _downward[item] + MeanCost(item) + _meanCopies[value]);
                }
            }
        }
    }

    /// <summary>The items of a longest path by mean costs, and the device that takes them all at least cost; -1 if none takes all.</summary>
    private (HashSet<int> Items, int Device) CriticalPath()
    {
        var path = new HashSet<int>();
        var next = Enumerable.Range(0, _problem.ItemCount).Where(item => _problem.Predecessors[item].IsEmpty).MaxBy(item => _upward[item]);
        for (var item = next; item >= 0; item = next)
        {
            path.Add(item);
            next = -1;
            foreach (var candidate in _problem.Successors[item])
            {
                next = next < 0 || _upward[candidate] > _upward[next] ? candidate : next;
            }
        }

        var sums = Enumerable.Range(0, _problem.DeviceCount).Select(device => path.Sum(item => _problem.ItemCost(item, device))).ToArray();
        var best = Array.IndexOf(sums, sums.Min());
        return (path, double.IsInfinity(sums[best]) ? -1 : best);
    }

    private void Place(int item, int onlyDevice)
    {
        var (bestDevice, bestStart, bestEnd) = (-1, 0.0, double.PositiveInfinity);
        for (var device = 0; device < _problem.DeviceCount; device++)
        {
            var cost = Cost(item, device);
            if ((onlyDevice >= 0 && device != onlyDevice) || double.IsInfinity(cost))
            {
                continue;
            }

            var start = FindHole(_busy[device], ReadyOn(item, device), cost);
            (bestDevice, bestStart, bestEnd) = start + cost < bestEnd ? (device, start, start + cost) : (bestDevice, bestStart, bestEnd);
        }

        (_devices[item], _starts[item], _ends[item]) = ((byte)bestDevice, bestStart, bestEnd);
        var busy = _busy[bestDevice];
        var place = busy.FindLastIndex(slot => slot.Start <= bestStart) + 1;
        busy.Insert(place, (bestStart, bestEnd));
    }

    private double ReadyOn(int item, int device)
    {
        var ready = 0.0;
        foreach (var value in _problem.ValuesOf[item])
        {
            var producer = _problem.Producer[value];
            if (producer != item)
            {
                ready = Math.Max(ready, (producer < 0 ? 0 : _ends[producer]) + Copy(value, producer < 0 ? _problem.Host : _devices[producer], device));
            }
        }

        return ready;
    }

    private static double FindHole(List<(double Start, double End)> busy, double ready, double length)
    {
        var first = busy.Count;
        while (first > 0 && busy[first - 1].End > ready)
        {
            first--;
        }

        var start = ready;
        for (var slot = first; slot < busy.Count && start + length > busy[slot].Start; slot++)
        {
            start = Math.Max(start, busy[slot].End);
        }

        return start;
    }

    private (byte[] Devices, int[] Order) Result()
    {
        var order = Enumerable.Range(0, _problem.ItemCount).OrderBy(item => _starts[item]).ThenBy(item => item).ToArray();
        return (_devices, Settle(order));
    }

    /// <summary>The order by start made topological where items of no cost start together.</summary>
    private int[] Settle(int[] order)
    {
        var rank = new int[order.Length];
        for (var place = 0; place < order.Length; place++)
        {
            rank[order[place]] = place;
        }

        var (queue, result) = (new PriorityQueue<int, int>(), new List<int>(order.Length));
        var waiting = Enumerable.Range(0, order.Length).Select(item => _problem.Predecessors[item].Length).ToArray();
        foreach (var item in order.Where(item => waiting[item] == 0))
        {
            queue.Enqueue(item, rank[item]);
        }

        while (queue.TryDequeue(out var item, out _))
        {
            result.Add(item);
            foreach (var next in _problem.Successors[item])
            {
                if (--waiting[next] == 0)
                {
                    queue.Enqueue(next, rank[next]);
                }
            }
        }

        return [.. result];
    }
}
