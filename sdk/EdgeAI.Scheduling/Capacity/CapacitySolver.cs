namespace EdgeAI.Scheduling.Capacity;

/// <summary>
/// Placement under limits of resident bytes. A price per byte on each limited device makes a problem without limits, which gives a
/// bound and, repaired where it does not fit, a choice of devices for the items that keep bytes; with those pinned the rest is solved
/// for the objective. With few such items every choice is tried.
/// </summary>
internal sealed class CapacitySolver
{
    private const int Rounds = 16;
    private const int FewChoices = 1 << 12;

    private readonly PlacementProblem _problem;
    private readonly PlacementOptions _options;
    private readonly MemoryUse _memory;
    private readonly int[] _heavy;
    private readonly CancellationToken _cancellation;
    private readonly Func<PlacementProblem, PlacementOptions, Placement> _solve;
    private readonly HashSet<string> _tried = [];
    private Placement? _best;
    private double _bound;

    /// <param name="problem">The problem with its limits.</param>
    /// <param name="options">The objective.</param>
    /// <param name="solve">Solves a problem without limits.</param>
    /// <param name="cancellation">Stops between solves.</param>
    public CapacitySolver(PlacementProblem problem, PlacementOptions options, Func<PlacementProblem, PlacementOptions, Placement> solve, CancellationToken cancellation)
    {
        _memory = new MemoryUse(problem);
        _problem = _memory.RefuseTooLarge();
        (_options, _solve, _cancellation, _heavy) = (options, solve, cancellation, _memory.Heavy());
    }

    private bool IsSum => _options.Objective is PlacementObjective.Additive or PlacementObjective.AdditiveWithLaunches && _options.EnergyBudget is null;

    /// <exception cref="InfeasiblePlacementException">Nothing that was found fits.</exception>
    public Placement Solve()
    {
        var relaxed = _solve(_problem, _options);
        if (_memory.Fits(relaxed.Devices))
        {
            return relaxed;
        }

        _bound = relaxed.Certificate.LowerBound;
        if (!TryAll())
        {
            Price(relaxed);
        }

        if (_best is null)
        {
            throw new InfeasiblePlacementException($"No placement was found that fits the devices' memory: {_memory.Describe()}. Raise a capacity, or let a device with room take more items.");
        }

        // The best answer's own bounds are those of a problem with pinned items.
        var (certificate, additive) = (_best.Certificate, _best.AdditiveCertificate);
        return _best with
        {
            Certificate = certificate with { LowerBound = Math.Min(_bound, certificate.Value), Solver = $"{certificate.Solver} within memory limits" },
            AdditiveCertificate = additive with { LowerBound = Math.Min(relaxed.AdditiveCertificate.LowerBound, additive.Value) },
        };
    }

    /// <summary>Every choice for the items that keep bytes, where there are few choices; the least bound of those that fit is the bound.</summary>
    private bool TryAll()
    {
        var choices = _heavy.Select(item => Enumerable.Range(0, _problem.Devices.Length).Where(device => !_problem.Costs[item, device].IsRefused).ToArray()).ToArray();
        if (choices.Aggregate(1.0, (product, list) => product * list.Length) * Math.Max(1, _problem.Items.Length) > FewChoices)
        {
            return false;
        }

        var (devices, least) = (new int[_heavy.Length], double.PositiveInfinity);
        Visit(0);
        _bound = Math.Max(_bound, least);
        return true;

        void Visit(int place)
        {
            if (place < devices.Length)
            {
                Array.ForEach(choices[place], device =>
                {
                    devices[place] = device;
                    Visit(place + 1);
                });
            }
            else if (Pin(devices) is { } placement)
            {
                least = Math.Min(least, placement.Certificate.LowerBound);
            }
        }
    }

    /// <summary>Doubles the price where a device is over its capacity, halves the interval once it was within.</summary>
    private void Price(Placement relaxed)
    {
        var (low, high, prices) = (new double[_problem.Devices.Length], new double[_problem.Devices.Length], new double[_problem.Devices.Length]);
        Array.Fill(high, double.PositiveInfinity);
        var (placement, unit) = (relaxed, Unit(relaxed));
        for (var round = 0; round < Rounds; round++)
        {
            _cancellation.ThrowIfCancellationRequested();
            Offer(placement);
            foreach (var device in _memory.Limited)
            {
                var isOver = _memory.Excess(placement.Devices, device) > 0;
                (low[device], high[device]) = isOver ? (prices[device], high[device]) : (low[device], Math.Min(high[device], prices[device]));
                prices[device] = double.IsInfinity(high[device]) ? Math.Max(unit / 16, 2 * prices[device]) : (low[device] + high[device]) / 2;
            }

            placement = _solve(Priced(prices), _options with { Objective = IsSum ? _options.Objective : PlacementObjective.AdditiveWithLaunches, EnergyBudget = null, LatencyBudget = null });
            var paid = _memory.Limited.Sum(device => prices[device] * _problem.Devices[device].CapacityBytes!.Value);
            _bound = IsSum ? Math.Max(_bound, (placement.Certificate.LowerBound * (1 - 1e-12)) - (paid * (1 + 1e-12))) : _bound;
        }
    }

    /// <summary>A price at which the resident bytes cost as much as all the rest.</summary>
    private double Unit(Placement relaxed) => Math.Max(relaxed.TotalCost, 1e-12) / Math.Max(1, _memory.Limited.Sum(device => (double)_memory.On(relaxed.Devices, device)));

    private PlacementProblem Priced(double[] prices) => _problem with
    {
        Costs = new CostTable(_problem.Items.Length, _problem.Devices.Length, (item, device) =>
            _problem.Costs[item, device] is var cost && cost.IsRefused ? cost : cost.With(cost.Value + (prices[device] * cost.ResidentBytes))),
    };

    private void Offer(Placement placement)
    {
        if (Repair([.. placement.Devices]) is { } devices)
        {
            Pin([.. _heavy.Select(item => devices[item])]);
        }
    }

    /// <summary>Moves items off full devices, those first whose other cost is least per byte; null if that does not suffice.</summary>
    private int[]? Repair(int[] devices)
    {
        var excess = _memory.Excess(devices);
        while (Array.FindIndex(excess, over => over > 0) is var full && full >= 0)
        {
            var (bestItem, bestDevice, least) = (-1, -1, double.PositiveInfinity);
            foreach (var item in _heavy.Where(item => devices[item] == full && _problem.Costs[item, devices[item]].ResidentBytes > 0))
            {
                for (var device = 0; device < _problem.Devices.Length; device++)
                {
                    var cost = PriceOfMove(devices, excess, item, device);
                    (bestItem, bestDevice, least) = cost < least ? (item, device, cost) : (bestItem, bestDevice, least);
                }
            }

            if (bestItem < 0)
            {
                return null;
            }

            excess[full] -= _problem.Costs[bestItem, full].ResidentBytes;
            excess[bestDevice] += _problem.Costs[bestItem, bestDevice].ResidentBytes;
            devices[bestItem] = bestDevice;
        }

        return devices;
    }

    private double PriceOfMove(int[] devices, Int128[] excess, int item, int device)
    {
        var (from, to) = (_problem.Costs[item, devices[item]], _problem.Costs[item, device]);
        var hasRoom = excess[device] + to.ResidentBytes <= 0;
        return device == devices[item] || to.IsRefused || !hasRoom ? double.PositiveInfinity : (to.Value - from.Value) / from.ResidentBytes;
    }

    /// <summary>Solves with the items that keep bytes on given devices; null if they do not fit, or were tried, or nothing keeps to a budget.</summary>
    private Placement? Pin(int[] heavyDevices)
    {
        var whole = new int[_problem.Items.Length];
        Array.Fill(whole, -1);
        for (var place = 0; place < _heavy.Length; place++)
        {
            whole[_heavy[place]] = heavyDevices[place];
        }

        if (!_memory.Fits(whole) || !_tried.Add(string.Join(',', heavyDevices)))
        {
            return null;
        }

        _cancellation.ThrowIfCancellationRequested();
        var costs = new CostTable(_problem.Items.Length, _problem.Devices.Length, (item, device) =>
            whole[item] < 0 || whole[item] == device ? _problem.Costs[item, device] : DeviceCost.Refused("pinned elsewhere"));
        try
        {
            var placement = _solve(_problem with { Costs = costs }, _options);
            _best = _best is null || placement.Certificate.Value < _best.Certificate.Value ? placement : _best;
            return placement;
        }
        catch (InfeasiblePlacementException) when (_options.EnergyBudget is not null || _options.LatencyBudget is not null)
        {
            return null;
        }
    }
}
