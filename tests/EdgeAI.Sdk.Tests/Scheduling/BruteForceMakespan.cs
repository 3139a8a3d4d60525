using EdgeAI.Scheduling;

namespace EdgeAI.Sdk.Tests.Scheduling;

/// <summary>
/// The least makespan over all schedules by the definition: segments and copies in any order by start, each as early as its device or
/// link and what it needs allow. For a handful of items.
/// </summary>
internal sealed class BruteForceMakespan
{
    private readonly PlacementProblem _problem;
    private readonly int _items;
    private readonly int _devices;
    private readonly int[] _before;
    private readonly double[] _arrivals;
    private readonly double[] _deviceFree;
    private readonly double[] _linkFree;
    private readonly byte[] _placed;
    private double _best;

    public BruteForceMakespan(PlacementProblem problem)
    {
        (_problem, _items, _devices) = (problem, problem.Items.Length, problem.Devices.Length);
        (_before, _placed) = (new int[_items], new byte[_items]);
        _arrivals = new double[problem.Values.Length * _devices];
        (_deviceFree, _linkFree) = (new double[_devices], new double[problem.Links.Length]);
        foreach (var value in problem.Values.Where(value => value.Producer >= 0))
        {
            foreach (var consumer in value.Consumers)
            {
                _before[consumer] |= 1 << value.Producer;
            }
        }
    }

    /// <summary>The least makespan, searched below a known one.</summary>
    public double Least(double known)
    {
        _best = known + 0.5;
        Array.Fill(_arrivals, double.NaN);
        for (var value = 0; value < _problem.Values.Length; value++)
        {
            if (_problem.Values[value].Producer < 0)
            {
                _arrivals[(value * _devices) + _problem.HostDevice] = 0;
            }
        }

        Visit(0, 0, 0);
        return _best;
    }

    private void Visit(int done, double lastStart, double end)
    {
        if (end >= _best)
        {
            return;
        }

        if (done == (1 << _items) - 1 && OutputsAreHome())
        {
            _best = end;
            return;
        }

        for (var link = 0; link < _problem.Links.Length; link++)
        {
            for (var value = 0; value < _problem.Values.Length; value++)
            {
                TryCopy(link, value, done, lastStart, end);
            }
        }

        for (var device = 0; device < _devices; device++)
        {
            for (var set = 1; set < 1 << _items; set++)
            {
                if ((set & done) == 0)
                {
                    TrySegment(device, set, done, lastStart, end);
                }
            }
        }
    }

    private bool OutputsAreHome()
    {
        for (var value = 0; value < _problem.Values.Length; value++)
        {
            if (_problem.Values[value].IsOutput && double.IsNaN(_arrivals[(value * _devices) + _problem.HostDevice]))
            {
                return false;
            }
        }

        return true;
    }

    private void TryCopy(int index, int value, int done, double lastStart, double end)
    {
        var link = _problem.Links[index];
        var arrival = _arrivals[(value * _devices) + link.From];
        var isUseful = _problem.Values[value].IsOutput || _problem.Values[value].Consumers.Any(consumer => (done >> consumer & 1) == 0);
        var start = Math.Max(arrival, _linkFree[index]);
        if (!isUseful || !(start >= lastStart) || !double.IsNaN(_arrivals[(value * _devices) + link.To]) || !IsAllowedHop(value, link))
        {
            return;
        }

        var (free, finish) = (_linkFree[index], start + link.CopyCost(_problem.Values[value].Bytes));
        _linkFree[index] = _arrivals[(value * _devices) + link.To] = finish;
        Visit(done, start, Math.Max(end, finish));
        (_linkFree[index], _arrivals[(value * _devices) + link.To]) = (free, double.NaN);
    }

    /// <summary>Copies go straight from the maker where there is a link, else over the host.</summary>
    private bool IsAllowedHop(int value, Link link)
    {
        var producer = _problem.Values[value].Producer;
        var source = producer < 0 ? _problem.HostDevice : _placed[producer];
        return link.From == source || (link.From == _problem.HostDevice && !_problem.Links.Any(other => other.From == source && other.To == link.To));
    }

    private void TrySegment(int device, int set, int done, double lastStart, double end)
    {
        var (start, cost) = (_deviceFree[device], _problem.Devices[device].LaunchCost);
        for (var item = 0; item < _items; item++)
        {
            if ((set >> item & 1) == 0)
            {
                continue;
            }

            cost += _problem.Costs[item, device].Value;
            start = Math.Max(start, Ready(item, device, set));
            if ((_before[item] & ~(done | set)) != 0 || double.IsInfinity(cost) || double.IsNaN(start))
            {
                return;
            }
        }

        if (start < lastStart || start + cost >= _best)
        {
            return;
        }

        var free = _deviceFree[device];
        _deviceFree[device] = start + cost;
        SetMade(device, set, start + cost);
        Visit(done | set, start, Math.Max(end, start + cost));
        SetMade(device, set, double.NaN);
        _deviceFree[device] = free;
    }

    private double Ready(int item, int device, int set)
    {
        var ready = 0.0;
        for (var value = 0; value < _problem.Values.Length; value++)
        {
            var producer = _problem.Values[value].Producer;
            var isRead = _problem.Values[value].Consumers.Contains(item) && (producer < 0 || (set >> producer & 1) == 0);
            ready = isRead ? Math.Max(ready, _arrivals[(value * _devices) + device]) : ready;
        }

        return ready;
    }

    private void SetMade(int device, int set, double time)
    {
        for (var value = 0; value < _problem.Values.Length; value++)
        {
            var producer = _problem.Values[value].Producer;
            if (producer >= 0 && (set >> producer & 1) != 0)
            {
                (_placed[producer], _arrivals[(value * _devices) + device]) = ((byte)device, time);
            }
        }
    }
}
