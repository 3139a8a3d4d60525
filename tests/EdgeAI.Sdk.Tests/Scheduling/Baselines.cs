using EdgeAI.Scheduling;

namespace EdgeAI.Sdk.Tests.Scheduling;

/// <summary>
/// What others do, valued by the validator's definitions and a scheduler of its own: each device alone, the first device of a list that
/// takes an item (ONNX Runtime, all lists), and heterogeneous earliest finish time. Items run in their order, neighbors on a device as one segment.
/// </summary>
internal static class Baselines
{
    public static IEnumerable<(string Name, double Value)> All(PlacementProblem problem, PlacementObjective objective)
    {
        problem = objective == PlacementObjective.Energy ? RandomProblems.JoulesForSeconds(problem) : problem;
        foreach (var priority in Orders([], problem.Devices.Length))
        {
            int[] devices = [.. Enumerable.Range(0, problem.Items.Length).Select(item => priority.First(device => !problem.Costs[item, device].IsRefused))];
            yield return ($"priorities {string.Join(',', priority)}", Value(problem, objective, devices));
        }

        yield return ("earliest finish", Value(problem, objective, EarliestFinish(problem)));
    }

    private static IEnumerable<int[]> Orders(int[] order, int devices) => order.Length == devices
        ? [order]
        : Enumerable.Range(0, devices).Where(device => !order.Contains(device)).SelectMany(device => Orders([.. order, device], devices));

    private static double Value(PlacementProblem problem, PlacementObjective objective, int[] devices)
    {
        var launches = devices.Select((device, item) => item == 0 || devices[item - 1] != device ? problem.Devices[device].LaunchCost : 0).ToArray();
        return objective switch
        {
            PlacementObjective.Makespan => Math.Min(Makespan(problem, devices, joins: true), Makespan(problem, devices, joins: false)),
            PlacementObjective.Throughput => devices.Select((device, item) => (device, Load: launches[item] + problem.Costs[item, device].Value)).GroupBy(pair => pair.device).Max(group => group.Sum(pair => pair.Load)) is var peak
                ? Math.Max(peak, LinkPeak(problem, devices)) : 0,
            _ => PlacementValidator.AdditiveCost(problem, devices) + launches.Sum(),
        };
    }

    private static IEnumerable<(int From, int To)> Hops(PlacementProblem problem, int from, int to) =>
        from == to ? [] : problem.Links.Any(link => link.From == from && link.To == to) ? [(from, to)] : [(from, problem.HostDevice), (problem.HostDevice, to)];

    private static double LinkPeak(PlacementProblem problem, int[] devices)
    {
        var loads = new Dictionary<(int, int), double>();
        foreach (var value in problem.Values)
        {
            var source = value.Producer < 0 ? problem.HostDevice : devices[value.Producer];
            var targets = value.Consumers.Select(consumer => devices[consumer]).Concat(value.IsOutput ? [problem.HostDevice] : []);
            foreach (var hop in targets.SelectMany(target => Hops(problem, source, target)).Distinct())
            {
                loads[hop] = loads.GetValueOrDefault(hop) + problem.Links.Single(link => (link.From, link.To) == hop).CopyCost(value.Bytes);
            }
        }

        return loads.Values.DefaultIfEmpty(0).Max();
    }

    /// <summary>Segments in order, each as soon as its device and inputs are there; copies wait for their link.</summary>
    private static double Makespan(PlacementProblem problem, int[] devices, bool joins)
    {
        var segments = new List<List<int>>();
        for (var item = 0; item < devices.Length; item++)
        {
            if (!joins || item == 0 || devices[item - 1] != devices[item])
            {
                segments.Add([]);
            }

            segments[^1].Add(item);
        }

        var (free, links, present, end) = (new double[problem.Devices.Length], new Dictionary<(int, int), double>(), new Dictionary<(int, int), double>(), 0.0);
        for (var value = 0; value < problem.Values.Length; value++)
        {
            if (problem.Values[value].Producer < 0)
            {
                present[(value, problem.HostDevice)] = 0;
            }
        }

        foreach (var segment in segments)
        {
            var (device, start) = (devices[segment[0]], free[devices[segment[0]]]);
            foreach (var value in Enumerable.Range(0, problem.Values.Length).Where(value => !segment.Contains(problem.Values[value].Producer) && problem.Values[value].Consumers.Any(segment.Contains)))
            {
                start = Math.Max(start, Bring(value, device));
            }

            end = Math.Max(end, free[device] = start + problem.Devices[device].LaunchCost + segment.Sum(item => problem.Costs[item, device].Value));
            foreach (var value in Enumerable.Range(0, problem.Values.Length).Where(value => segment.Contains(problem.Values[value].Producer)))
            {
                present[(value, device)] = free[device];
                end = problem.Values[value].IsOutput ? Math.Max(end, Bring(value, problem.HostDevice)) : end;
            }
        }

        return Math.Max(end, links.Values.DefaultIfEmpty(0).Max());

        double Bring(int value, int target)
        {
            var producer = problem.Values[value].Producer;
            var source = producer < 0 ? problem.HostDevice : devices[producer];
            foreach (var hop in Hops(problem, source, target).Where(hop => !present.ContainsKey((value, hop.To))))
            {
                var start = Math.Max(present[(value, hop.From)], links.GetValueOrDefault(hop));
                present[(value, hop.To)] = links[hop] = start + problem.Links.Single(link => (link.From, link.To) == hop).CopyCost(problem.Values[value].Bytes);
            }

            return present[(value, target)];
        }
    }

    /// <summary>Items in their order, each where it would end first when devices wait for nobody's link.</summary>
    private static int[] EarliestFinish(PlacementProblem problem)
    {
        var (devices, ends, free) = (new int[problem.Items.Length], new double[problem.Items.Length], new double[problem.Devices.Length]);
        foreach (var item in RankedItems(problem))
        {
            var best = double.PositiveInfinity;
            foreach (var device in Enumerable.Range(0, free.Length).Where(device => !problem.Costs[item, device].IsRefused))
            {
                var ready = problem.Values.Where(value => value.Consumers.Contains(item)).Select(value => value.Producer < 0
                    ? CopyTime(problem, value, problem.HostDevice, device)
                    : ends[value.Producer] + CopyTime(problem, value, devices[value.Producer], device)).DefaultIfEmpty(0).Max();
                var end = Math.Max(ready, free[device]) + problem.Costs[item, device].Value;
                (best, devices[item]) = end < best ? (end, device) : (best, devices[item]);
            }

            ends[item] = free[devices[item]] = best;
        }

        return devices;
    }

    private static double CopyTime(PlacementProblem problem, PlacementValue value, int from, int to) =>
        Hops(problem, from, to).Sum(hop => problem.Links.Single(link => (link.From, link.To) == hop).CopyCost(value.Bytes));

    /// <summary>By the longest rest of mean costs.</summary>
    private static IEnumerable<int> RankedItems(PlacementProblem problem)
    {
        var ranks = new double[problem.Items.Length];
        for (var item = ranks.Length - 1; item >= 0; item--)
        {
            var costs = Enumerable.Range(0, problem.Devices.Length).Select(device => problem.Costs[item, device]).Where(cost => !cost.IsRefused).Average(cost => cost.Value);
            ranks[item] = costs + problem.Values.Where(value => value.Producer == item).SelectMany(value => value.Consumers.Select(consumer => ranks[consumer] + value.Bytes)).DefaultIfEmpty(0).Max();
        }

        return Enumerable.Range(0, ranks.Length).OrderByDescending(item => ranks[item]).ThenBy(item => item);
    }
}
