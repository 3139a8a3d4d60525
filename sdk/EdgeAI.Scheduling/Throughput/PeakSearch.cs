using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Throughput;

/// <summary>
/// Branch and bound on the largest load: items get their devices in order, copies are paid when first needed, each used device is
/// launched once at least. Exact for small problems; where the steps do not suffice it says so and its answer is a start.
/// </summary>
internal sealed class PeakSearch
{
    private readonly DenseProblem _problem;
    private readonly Func<byte[], PipelineLoads> _evaluate;
    private readonly byte[] _devices;
    private readonly int[] _present;
    private readonly double[] _work;
    private readonly double[] _links;
    private readonly double[] _rest;
    private long _stepsLeft;
    private double _open = double.PositiveInfinity;

    private PeakSearch(DenseProblem problem, Func<byte[], PipelineLoads> evaluate, PipelineLoads best, long steps)
    {
        (_problem, _evaluate, Best, _stepsLeft) = (problem, evaluate, best, steps);
        (_devices, _present) = (new byte[problem.ItemCount], new int[problem.ValueCount]);
        (_work, _links, _rest) = (new double[problem.DeviceCount], new double[problem.DeviceCount * problem.DeviceCount], new double[problem.ItemCount + 1]);
        for (var item = problem.ItemCount - 1; item >= 0; item--)
        {
            _rest[item] = _rest[item + 1] + Enumerable.Range(0, problem.DeviceCount).Min(device => problem.ItemCost(item, device));
        }
    }

    /// <summary>The best placement known.</summary>
    public PipelineLoads Best { get; private set; }

    /// <summary>What no placement undercuts; 0 when the search was cut short.</summary>
    public double Bound => _stepsLeft > 0 ? Math.Min(Best.Period, _open) : 0;

    public static PeakSearch Run(DenseProblem problem, Func<byte[], PipelineLoads> evaluate, PipelineLoads best, long steps)
    {
        var search = new PeakSearch(problem, evaluate, best, steps);
        for (var value = 0; value < problem.ValueCount; value++)
        {
            search._present[value] = problem.Producer[value] < 0 ? 1 << problem.Host : 0;
        }

        search.Visit(0, 0);
        return search;
    }

    private void Visit(int item, double peak)
    {
        if (item == _problem.ItemCount)
        {
            _open = Math.Min(_open, peak);
            var loads = _evaluate((byte[])_devices.Clone());
            Best = loads.Period < Best.Period ? loads : Best;
            return;
        }

        Span<double> keys = stackalloc double[PlacementProblem.MaxDevices];
        Span<int> order = stackalloc int[_problem.DeviceCount];
        for (var device = 0; device < order.Length; device++)
        {
            (keys[device], order[device]) = (_work[device] + _problem.ItemCost(item, device), device);
        }

        keys[..order.Length].Sort(order);
        foreach (var device in order)
        {
            Place(item, device, peak);
        }
    }

    private void Place(int item, int device, double peak)
    {
        if ((_problem.Allowed[item] >> device & 1) == 0 || --_stepsLeft <= 0)
        {
            return;
        }

        var work = _work[device];
        var (links, present) = (new List<(int Link, double Load)>(), new List<(int Value, int Set)>());
        _work[device] += _problem.ItemCost(item, device) + (work == 0 ? _problem.Launch[device] : 0);
        _devices[item] = (byte)device;
        BringInputs(item, device, links, present);
        var next = Math.Max(Math.Max(peak, Peak(links)), Math.Max(_work[device], (_work.Sum() + _rest[item + 1]) / _problem.DeviceCount * (1 - 1e-12)));
        if (next < Best.Period)
        {
            Visit(item + 1, next);
        }

        _work[device] = work;
        for (var undo = links.Count - 1; undo >= 0; undo--)
        {
            _links[links[undo].Link] = links[undo].Load;
        }

        for (var undo = present.Count - 1; undo >= 0; undo--)
        {
            _present[present[undo].Value] = present[undo].Set;
        }
    }

    private double Peak(List<(int Link, double Load)> changed)
    {
        var peak = 0.0;
        foreach (var (link, _) in changed)
        {
            peak = Math.Max(peak, _links[link]);
        }

        return peak;
    }

    private void BringInputs(int item, int device, List<(int Link, double Load)> links, List<(int Value, int Set)> present)
    {
        foreach (var value in _problem.ValuesOf[item])
        {
            present.Add((value, _present[value]));
            if (_problem.Producer[value] == item)
            {
                _present[value] = 1 << device;
                Bring(value, device, _problem.IsOutput[value] ? _problem.Host : device, links);
            }
            else
            {
                Bring(value, _problem.Producer[value] < 0 ? _problem.Host : _devices[_problem.Producer[value]], device, links);
            }
        }
    }

    private void Bring(int value, int source, int target, List<(int Link, double Load)> links)
    {
        if ((_present[value] >> target & 1) != 0)
        {
            return;
        }

        var hop = _problem.Copies.LastHop(source, target);
        if (hop.From != source)
        {
            Bring(value, source, hop.From, links);
        }

        var link = (hop.From * _problem.DeviceCount) + target;
        links.Add((link, _links[link]));
        _links[link] += hop.CopyCost(_problem.Source.Values[value].Bytes);
        _present[value] |= 1 << target;
    }
}
