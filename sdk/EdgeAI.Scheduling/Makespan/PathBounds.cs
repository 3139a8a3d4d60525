using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Makespan;

/// <summary>
/// For each item and device the least time before the item's end and after it, when only chains of dependences count and each
/// neighbor chooses its best device. A change of device costs the copy and a launch, because a segment starts when all
/// that it reads has come.
/// </summary>
internal sealed class PathBounds
{
    private readonly DenseProblem _problem;
    private readonly double[] _heads;
    private readonly double[] _tails;

    public PathBounds(DenseProblem problem)
    {
        _problem = problem;
        (_heads, _tails) = (new double[problem.ItemCount * problem.DeviceCount], new double[problem.ItemCount * problem.DeviceCount]);
        for (var item = 0; item < problem.ItemCount; item++)
        {
            FillHeads(item);
        }

        for (var item = problem.ItemCount - 1; item >= 0; item--)
        {
            FillTails(item);
        }
    }

    /// <summary>What no schedule undercuts by dependences alone.</summary>
    public double Bound()
    {
        var bound = 0.0;
        for (var item = 0; item < _problem.ItemCount; item++)
        {
            var least = double.PositiveInfinity;
            for (var device = 0; device < _problem.DeviceCount; device++)
            {
                least = Math.Min(least, Head(item, device) + Tail(item, device));
            }

            bound = Math.Max(bound, least);
        }

        return bound;
    }

    /// <summary>The least time from the start to the end of an item on a device; infinite where it is refused.</summary>
    public double Head(int item, int device) => _heads[(item * _problem.DeviceCount) + device];

    /// <summary>The least time from the end of an item on a device to the end of all.</summary>
    public double Tail(int item, int device) => _tails[(item * _problem.DeviceCount) + device];

    private void FillHeads(int item)
    {
        for (var device = 0; device < _problem.DeviceCount; device++)
        {
            var start = _problem.Launch[device];
            foreach (var value in _problem.ValuesOf[item])
            {
                start = Math.Max(start, _problem.Producer[value] == item ? 0 : LeastArrival(value, device));
            }

            _heads[(item * _problem.DeviceCount) + device] = (_problem.Allowed[item] >> device & 1) != 0 ? start + _problem.ItemCost(item, device) : double.PositiveInfinity;
        }
    }

    private double LeastArrival(int value, int device)
    {
        var producer = _problem.Producer[value];
        if (producer < 0)
        {
            return _problem.Launch[device] + HopCost(value, _problem.Host, device);
        }

        var least = Head(producer, device);
        for (var source = 0; source < _problem.DeviceCount; source++)
        {
            least = source == device ? least : Math.Min(least, Head(producer, source) + HopCost(value, source, device) + _problem.Launch[device]);
        }

        return least;
    }

    private void FillTails(int item)
    {
        for (var device = 0; device < _problem.DeviceCount; device++)
        {
            var tail = 0.0;
            foreach (var value in _problem.ValuesOf[item])
            {
                if (_problem.Producer[value] == item)
                {
                    tail = Math.Max(tail, LongestUse(value, device));
                }
            }

            _tails[(item * _problem.DeviceCount) + device] = tail;
        }
    }

    private double LongestUse(int value, int source)
    {
        var longest = _problem.IsOutput[value] ? HopCost(value, source, _problem.Host) : 0;
        foreach (var consumer in _problem.Consumers[value])
        {
            var least = double.PositiveInfinity;
            for (var device = 0; device < _problem.DeviceCount; device++)
            {
                var change = device == source ? 0 : HopCost(value, source, device) + _problem.Launch[device];
                least = Math.Min(least, change + _problem.ItemCost(consumer, device) + Tail(consumer, device));
            }

            longest = Math.Max(longest, least);
        }

        return longest;
    }

    /// <summary>All hops from one device to another, over the host if there is no link.</summary>
    private double HopCost(int value, int from, int to) => from == to ? 0 : _problem.CopyCost(value, from, 1 << to);
}
