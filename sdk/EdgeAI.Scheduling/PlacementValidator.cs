using System.Collections.Immutable;

namespace EdgeAI.Scheduling;

/// <summary>Checks a placement against the definition, naively and independently of the solver.</summary>
public static class PlacementValidator
{
    private const double Tolerance = 1e-9;

    /// <summary>What is wrong with the placement, a sentence each; empty when it is legal and its costs are right.</summary>
    public static ImmutableArray<string> Validate(PlacementProblem problem, Placement placement)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(placement);
        var wrong = ImmutableArray.CreateBuilder<string>();
        wrong.AddRange(CheckDevices(problem, placement));
        if (wrong.Count == 0)
        {
            wrong.AddRange(CheckSegments(problem, placement));
        }

        if (wrong.Count == 0)
        {
            wrong.AddRange(CheckMemory(problem, placement));
            wrong.AddRange(CheckTransfers(problem, placement));
            wrong.AddRange(CheckCosts(problem, placement));
            wrong.AddRange(TimelineValidator.Check(problem, placement));
        }

        return wrong.ToImmutable();
    }

    /// <summary>The items' costs plus the copies that a choice of devices needs, by definition.</summary>
    public static double AdditiveCost(PlacementProblem problem, IReadOnlyList<int> devices)
    {
        ArgumentNullException.ThrowIfNull(problem);
        var items = devices.Select((device, item) => problem.Costs[item, device].Value).Sum();
        return items + Enumerable.Range(0, problem.Values.Length).Sum(value => HopsOf(problem, devices, value).Sum(link => link.CopyCost(problem.Values[value].Bytes)));
    }

    /// <summary>The distinct links over which a value moves: straight to each device that needs it, or else through the host.</summary>
    private static HashSet<Link> HopsOf(PlacementProblem problem, IReadOnlyList<int> devices, int index)
    {
        var value = problem.Values[index];
        var (host, hops) = (problem.HostDevice, new HashSet<Link>());
        var source = value.Producer == PlacementValue.Ambient ? host : devices[value.Producer];
        var targets = value.Consumers.Select(consumer => devices[consumer]).Concat(value.IsOutput ? [host] : []);
        foreach (var target in targets.Where(target => target != source))
        {
            if (Find(problem, source, target) is { } direct)
            {
                hops.Add(direct);
            }
            else
            {
                hops.Add(Find(problem, source, host)!);
                hops.Add(Find(problem, host, target)!);
            }
        }

        return hops;
    }

    private static Link? Find(PlacementProblem problem, int from, int to) => problem.Links.FirstOrDefault(link => link.From == from && link.To == to);

    private static IEnumerable<string> CheckDevices(PlacementProblem problem, Placement placement)
    {
        if (placement.Devices.Length != problem.Items.Length)
        {
            yield return $"{placement.Devices.Length} items are placed, expected {problem.Items.Length}.";
            yield break;
        }

        for (var item = 0; item < problem.Items.Length; item++)
        {
            var device = placement.Devices[item];
            if (device < 0 || device >= problem.Devices.Length)
            {
                yield return $"Item '{problem.Items[item].Name}' is on device {device}, expected 0 to {problem.Devices.Length - 1}.";
            }
            else if (problem.Costs[item, device].Refusal is { } refusal)
            {
                yield return $"Item '{problem.Items[item].Name}' is on '{problem.Devices[device].Name}', which refuses it: {refusal}.";
            }
        }
    }

    private static IEnumerable<string> CheckMemory(PlacementProblem problem, Placement placement)
    {
        for (var device = 0; device < problem.Devices.Length; device++)
        {
            Int128 resident = 0;
            foreach (var item in Enumerable.Range(0, problem.Items.Length).Where(item => placement.Devices[item] == device))
            {
                resident += problem.Costs[item, device].ResidentBytes;
            }

            if (problem.Devices[device].CapacityBytes is { } capacity && resident > capacity)
            {
                yield return $"The items on '{problem.Devices[device].Name}' keep {resident} bytes, it has {capacity}.";
            }
        }
    }

    private static IEnumerable<string> CheckSegments(PlacementProblem problem, Placement placement)
    {
        var order = placement.Segments.SelectMany(segment => segment.Items).ToList();
        if (!order.Order().SequenceEqual(Enumerable.Range(0, problem.Items.Length)))
        {
            yield return "The segments do not hold every item exactly once.";
            yield break;
        }

        var place = order.Select((item, index) => (item, index)).ToDictionary(pair => pair.item, pair => pair.index);
        foreach (var value in problem.Values.Where(value => value.Producer >= 0))
        {
            foreach (var consumer in value.Consumers.Where(consumer => place[consumer] <= place[value.Producer]))
            {
                yield return $"Item '{problem.Items[consumer].Name}' runs before '{problem.Items[value.Producer].Name}', which makes its input '{value.Name}'.";
            }
        }

        foreach (var (segment, index) in placement.Segments.Select((segment, index) => (segment, index)))
        {
            if (segment.Items.IsEmpty || segment.Items.Any(item => placement.Devices[item] != segment.Device))
            {
                yield return $"Segment {index} is empty or holds items of other devices.";
            }

            if (index > 0 && placement.Timeline is null && placement.Segments[index - 1].Device == segment.Device)
            {
                yield return $"Segment {index} is on the device of the one before it.";
            }
        }
    }

    private static IEnumerable<string> CheckTransfers(PlacementProblem problem, Placement placement)
    {
        for (var value = 0; value < problem.Values.Length; value++)
        {
            var expected = HopsOf(problem, placement.Devices, value).Select(link => (link.From, link.To)).Order();
            var found = placement.Transfers.Where(transfer => transfer.Value == value).Select(transfer => (transfer.From, transfer.To)).Order();
            if (!expected.SequenceEqual(found))
            {
                yield return $"Value '{problem.Values[value].Name}' is copied {string.Join(", ", found)}, expected {string.Join(", ", expected)}.";
            }
        }

        foreach (var complaint in CheckTimes(problem, placement))
        {
            yield return complaint;
        }
    }

    /// <summary>Plays the plan: copies due before a segment, then the segment, whose inputs must all be there.</summary>
    private static IEnumerable<string> CheckTimes(PlacementProblem problem, Placement placement)
    {
        var present = problem.Values.Select((value, index) => (value, index)).Where(pair => pair.value.Producer < 0).Select(pair => (pair.index, problem.HostDevice)).ToHashSet();
        var done = -1;
        for (var segment = 0; segment <= placement.Segments.Length; segment++)
        {
            foreach (var transfer in placement.Transfers.Where(transfer => transfer.BeforeSegment == segment))
            {
                if (transfer.AfterSegment > done || !present.Contains((transfer.Value, transfer.From)))
                {
                    yield return $"Value '{problem.Values[transfer.Value].Name}' is copied from '{problem.Devices[transfer.From].Name}' before segment {segment}, where it is not yet.";
                }

                present.Add((transfer.Value, transfer.To));
            }

            if (segment == placement.Segments.Length)
            {
                break;
            }

            var (device, items) = (placement.Segments[segment].Device, placement.Segments[segment].Items.ToHashSet());
            for (var value = 0; value < problem.Values.Length; value++)
            {
                var isMade = items.Contains(problem.Values[value].Producer) && present.Add((value, device));
                if (!isMade && problem.Values[value].Consumers.Any(items.Contains) && !present.Contains((value, device)))
                {
                    yield return $"Segment {segment} reads value '{problem.Values[value].Name}', which is not on '{problem.Devices[device].Name}'.";
                }
            }

            done = segment;
        }

        for (var value = 0; value < problem.Values.Length; value++)
        {
            if (problem.Values[value].IsOutput && !present.Contains((value, problem.HostDevice)))
            {
                yield return $"Output '{problem.Values[value].Name}' is not on the host in the end.";
            }
        }
    }

    private static IEnumerable<string> CheckCosts(PlacementProblem problem, Placement placement)
    {
        var additive = AdditiveCost(problem, placement.Devices);
        var launches = placement.Segments.Sum(segment => problem.Devices[segment.Device].LaunchCost);
        var transfers = placement.Transfers.Sum(transfer => transfer.Cost);
        if (!IsClose(additive, placement.AdditiveCost))
        {
            yield return $"The additive cost is said to be {placement.AdditiveCost} and is {additive}.";
        }

        if (!IsClose(transfers, placement.TransferCost))
        {
            yield return $"The transfers' cost is said to be {placement.TransferCost} and is {transfers}.";
        }

        if (!IsClose(launches, placement.LaunchCost))
        {
            yield return $"The launches' cost is said to be {placement.LaunchCost} and is {launches}.";
        }

        var certified = placement.Certificate.Objective switch
        {
            PlacementObjective.Additive => additive,
            PlacementObjective.AdditiveWithLaunches => additive + launches,
            PlacementObjective.Makespan => placement.Timeline?.Makespan ?? double.NaN,
            PlacementObjective.Throughput => PeriodOf(problem, placement),
            _ => PlacementEnergy.Of(problem, placement.Segments, placement.Transfers),
        };
        if (!IsClose(certified, placement.Certificate.Value) || placement.Certificate.LowerBound > placement.Certificate.Value)
        {
            yield return $"The certificate says value {placement.Certificate.Value} and bound {placement.Certificate.LowerBound}; the value is {certified}.";
        }
    }

    /// <summary>The largest load of a device or link per frame.</summary>
    internal static double PeriodOf(PlacementProblem problem, Placement placement)
    {
        var contention = placement.Pipeline?.CopyContention ?? double.NaN;
        var devices = placement.Segments.GroupBy(segment => segment.Device).Select(group =>
            group.Sum(segment => problem.Devices[segment.Device].LaunchCost + segment.Items.Sum(item => problem.Costs[item, segment.Device].Value)));
        var links = placement.Transfers.GroupBy(transfer => (transfer.From, transfer.To)).Select(group =>
        {
            var link = problem.Links.Single(link => (link.From, link.To) == group.Key);
            return contention * group.Sum(transfer => link.CopyCost(problem.Values[transfer.Value].Bytes));
        });
        return devices.Concat(links).DefaultIfEmpty(0).Max();
    }

    private static bool IsClose(double left, double right) => Math.Abs(left - right) <= Tolerance * Math.Max(Math.Abs(left), Math.Abs(right));
}
