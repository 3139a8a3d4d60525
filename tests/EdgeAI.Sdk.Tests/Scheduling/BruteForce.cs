using EdgeAI.Scheduling;

namespace EdgeAI.Sdk.Tests.Scheduling;

/// <summary>Tries every placement, and every order of its segments.</summary>
internal sealed class BruteForce
{
    private readonly PlacementProblem _problem;
    private readonly int[] _predecessors;
    private readonly Link?[,] _links;

    public BruteForce(PlacementProblem problem)
    {
        _problem = problem;
        _predecessors = new int[problem.Items.Length];
        _links = new Link?[problem.Devices.Length, problem.Devices.Length];
        foreach (var value in problem.Values.Where(value => value.Producer >= 0))
        {
            foreach (var consumer in value.Consumers)
            {
                _predecessors[consumer] |= 1 << value.Producer;
            }
        }

        foreach (var link in problem.Links)
        {
            _links[link.From, link.To] = link;
        }
    }

    public double LeastAdditive() => Placements().Min(AdditiveCost);

    public double LeastTotal() => Placements().Min(devices => AdditiveCost(devices) + LeastLaunches(devices));

    /// <summary>All legal placements; the array is reused.</summary>
    public IEnumerable<int[]> Placements()
    {
        var devices = new int[_problem.Items.Length];
        while (true)
        {
            if (devices.Select((device, item) => _problem.Costs[item, device]).All(cost => !cost.IsRefused))
            {
                yield return devices;
            }

            var place = 0;
            while (place < devices.Length && ++devices[place] == _problem.Devices.Length)
            {
                devices[place++] = 0;
            }

            if (place == devices.Length)
            {
                yield break;
            }
        }
    }

    public double AdditiveCost(int[] devices)
    {
        var cost = 0.0;
        for (var item = 0; item < devices.Length; item++)
        {
            cost += _problem.Costs[item, devices[item]].Value;
        }

        foreach (var value in _problem.Values)
        {
            cost += CopyCost(value, devices);
        }

        return cost;
    }

    /// <summary>The cheapest launches over all orders: what has run and the last device is all that matters.</summary>
    public double LeastLaunches(int[] devices)
    {
        var (all, kinds) = ((1 << devices.Length) - 1, _problem.Devices.Length);
        var costs = new double[(all + 1) * kinds];
        Array.Fill(costs, double.PositiveInfinity);
        for (var done = 0; done <= all; done++)
        {
            for (var item = 0; item < devices.Length; item++)
            {
                var before = done & ~(1 << item);
                if (before == done || (_predecessors[item] & ~before) != 0)
                {
                    continue;
                }

                var device = devices[item];
                var launch = _problem.Devices[device].LaunchCost;
                var least = before == 0 ? launch : double.PositiveInfinity;
                for (var last = 0; last < kinds; last++)
                {
                    least = Math.Min(least, costs[(before * kinds) + last] + (last == device ? 0 : launch));
                }

                costs[(done * kinds) + device] = Math.Min(costs[(done * kinds) + device], least);
            }
        }

        return devices.Length == 0 ? 0 : Enumerable.Range(0, kinds).Min(last => costs[(all * kinds) + last]);
    }

    private double CopyCost(PlacementValue value, int[] devices)
    {
        var source = value.Producer < 0 ? _problem.HostDevice : devices[value.Producer];
        var present = 1 << source;
        var cost = value.IsOutput ? Bring(value, source, _problem.HostDevice, ref present) : 0;
        foreach (var consumer in value.Consumers)
        {
            cost += Bring(value, source, devices[consumer], ref present);
        }

        return cost;
    }

    private double Bring(PlacementValue value, int source, int target, ref int present)
    {
        if ((present >> target & 1) != 0)
        {
            return 0;
        }

        var through = _links[source, target] is null ? Bring(value, source, _problem.HostDevice, ref present) : 0;
        present |= 1 << target;
        return through + (_links[source, target] ?? _links[_problem.HostDevice, target]!).CopyCost(value.Bytes);
    }
}
