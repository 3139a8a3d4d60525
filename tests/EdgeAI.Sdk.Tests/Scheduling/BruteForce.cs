using EdgeAI.Scheduling;

namespace EdgeAI.Sdk.Tests.Scheduling;

/// <summary>Tries every placement, and every order of its segments.</summary>
internal sealed class BruteForce
{
    private readonly PlacementProblem problem;
    private readonly int[] predecessors;
    private readonly Link?[,] links;

    public BruteForce(PlacementProblem problem)
    {
        this.problem = problem;
        predecessors = new int[problem.Items.Length];
        links = new Link?[problem.Devices.Length, problem.Devices.Length];
        foreach (var value in problem.Values.Where(value => value.Producer >= 0))
        {
            foreach (var consumer in value.Consumers)
            {
                predecessors[consumer] |= 1 << value.Producer;
            }
        }

        foreach (var link in problem.Links)
        {
            links[link.From, link.To] = link;
        }
    }

    public double LeastAdditive() => Placements().Min(AdditiveCost);

    public double LeastTotal() => Placements().Min(devices => AdditiveCost(devices) + LeastLaunches(devices));

    /// <summary>All legal placements; the array is reused.</summary>
    public IEnumerable<int[]> Placements()
    {
        var devices = new int[problem.Items.Length];
        while (true)
        {
            if (devices.Select((device, item) => problem.Costs[item, device]).All(cost => !cost.IsRefused))
            {
                yield return devices;
            }

            var place = 0;
            while (place < devices.Length && ++devices[place] == problem.Devices.Length)
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
            cost += problem.Costs[item, devices[item]].Value;
        }

        foreach (var value in problem.Values)
        {
            cost += CopyCost(value, devices);
        }

        return cost;
    }

    /// <summary>The cheapest launches over all orders: what has run and the last device is all that matters.</summary>
    public double LeastLaunches(int[] devices)
    {
        var (all, kinds) = ((1 << devices.Length) - 1, problem.Devices.Length);
        var costs = new double[(all + 1) * kinds];
        Array.Fill(costs, double.PositiveInfinity);
        for (var done = 0; done <= all; done++)
        {
            for (var item = 0; item < devices.Length; item++)
            {
                var before = done & ~(1 << item);
                if (before == done || (predecessors[item] & ~before) != 0)
                {
                    continue;
                }

                var device = devices[item];
                var launch = problem.Devices[device].LaunchCost;
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
        var source = value.Producer < 0 ? problem.HostDevice : devices[value.Producer];
        var present = 1 << source;
        var cost = value.IsOutput ? Bring(value, source, problem.HostDevice, ref present) : 0;
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

        var through = links[source, target] is null ? Bring(value, source, problem.HostDevice, ref present) : 0;
        present |= 1 << target;
        return through + (links[source, target] ?? links[problem.HostDevice, target]!).CopyCost(value.Bytes);
    }
}
