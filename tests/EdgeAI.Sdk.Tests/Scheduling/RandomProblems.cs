using System.Collections.Immutable;
using EdgeAI.Scheduling;

namespace EdgeAI.Sdk.Tests.Scheduling;

/// <summary>Seeded placement problems whose costs are whole numbers, so that sums in any order are exact.</summary>
internal sealed class RandomProblems(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>A small problem in which everything can happen: refusals, zero copies, links through the host, fan-out, several outputs.</summary>
    public PlacementProblem Next(int itemCount, int deviceCount, int maxConsumers = 4)
    {
        var host = _random.Next(deviceCount);
        var only = Enumerable.Range(0, itemCount).Select(_ => _random.Next(deviceCount)).ToArray();
        return new PlacementProblem
        {
            Devices = [.. Enumerable.Range(0, deviceCount).Select(device => new PlacementDevice($"d{device}", _random.Next(8)))],
            Items = Items(itemCount),
            Costs = new CostTable(itemCount, deviceCount, (item, device) => device != only[item] && _random.Next(5) == 0
                ? DeviceCost.Refused("chance")
                : DeviceCost.Of(_random.Next(30))),
            Values = [.. Values(itemCount, maxConsumers)],
            Links = [.. Links(deviceCount, host)],
            HostDevice = host,
        };
    }

    /// <summary>A small problem of blocks in a row: branches leave an item and merge, in one or two steps, before the next; some values are outputs too.</summary>
    /// <param name="itemCount">How many items.</param>
    /// <param name="deviceCount">How many devices.</param>
    /// <param name="skips">Whether some values also pass by an item at which branches have merged.</param>
    public PlacementProblem NextOfBranches(int itemCount, int deviceCount, bool skips)
    {
        var problem = Next(itemCount, deviceCount);
        var consumers = Enumerable.Range(0, itemCount).Select(_ => new SortedSet<int>()).ToArray();
        for (var source = 0; source < itemCount - 1;)
        {
            var sink = Math.Min(itemCount - 1, source + 1 + _random.Next(6));
            List<int> open = [];
            for (var item = source + 1; item <= sink; item++)
            {
                var isSink = item == sink;
                List<int> read = isSink ? open : [.. open.Where(_ => _random.Next(3) == 0)];
                var inputs = read.Count == 0 || _random.Next(6) == 0 ? [.. read, source] : read;
                inputs.ToList().ForEach(input => consumers[input].Add(item));
                open = [.. open.Except(read), item];
            }

            if (skips && _random.Next(2) == 0)
            {
                consumers[source].Add(sink + _random.Next(itemCount - sink));
            }

            source = sink;
        }

        return problem with
        {
            Values =
            [
                new PlacementValue("in", _random.Next(4), PlacementValue.Ambient, [0]),
                .. consumers.Select((readers, item) => new PlacementValue($"v{item}", _random.Next(4), item, [.. readers], readers.Count == 0 || (!readers.Skip(1).Any() && _random.Next(8) == 0))),
            ],
        };
    }

    public static ImmutableArray<PlacementItem> Items(int count) => [.. Enumerable.Range(0, count).Select(item => new PlacementItem($"op{item}"))];

    /// <summary>The problem with energies at random.</summary>
    public static PlacementProblem WithEnergies(PlacementProblem problem, int seed)
    {
        var random = new Random(seed);
        return problem with
        {
            Devices = [.. problem.Devices.Select(device => device with { LaunchEnergy = random.Next(6) })],
            Costs = new CostTable(problem.Items.Length, problem.Devices.Length, (item, device) =>
                problem.Costs[item, device] is var cost && cost.IsRefused ? cost : DeviceCost.Of(cost.Value, random.Next(30))),
            Links = [.. problem.Links.Select(link => link with { FixedEnergy = random.Next(6), EnergyPerByte = random.Next(3) })],
        };
    }

    /// <summary>The same problem with joules for seconds.</summary>
    public static PlacementProblem JoulesForSeconds(PlacementProblem problem) => problem with
    {
        Devices = [.. problem.Devices.Select(device => device with { LaunchCost = device.LaunchEnergy })],
        Costs = new CostTable(problem.Items.Length, problem.Devices.Length, (item, device) =>
            problem.Costs[item, device] is var cost && cost.IsRefused ? cost : DeviceCost.Of(cost.Energy)),
        Links = [.. problem.Links.Select(link => link with { FixedCost = link.FixedEnergy, CostPerByte = link.EnergyPerByte })],
    };

    private IEnumerable<PlacementValue> Values(int itemCount, int maxConsumers)
    {
        for (var input = _random.Next(3); input > 0; input--)
        {
            yield return new PlacementValue($"in{input}", _random.Next(4), PlacementValue.Ambient, Consumers(-1, itemCount, maxConsumers), _random.Next(8) == 0);
        }

        for (var item = 0; item < itemCount; item++)
        {
            for (var output = _random.Next(8) == 0 ? 2 : 1; output > 0; output--)
            {
                var consumers = Consumers(item, itemCount, maxConsumers);
                yield return new PlacementValue($"v{item}.{output}", _random.Next(4), item, consumers, consumers.IsEmpty || _random.Next(8) == 0);
            }
        }
    }

    private ImmutableArray<int> Consumers(int producer, int itemCount, int most)
    {
        var later = itemCount - producer - 1;
        return later == 0 ? [] : [.. Enumerable.Range(0, _random.Next(most + 1)).Select(_ => producer + 1 + Math.Min(_random.Next(later), _random.Next(later)))];
    }

    private IEnumerable<Link> Links(int deviceCount, int host)
    {
        for (var from = 0; from < deviceCount; from++)
        {
            for (var to = 0; to < deviceCount; to++)
            {
                if (from != to && (from == host || to == host || _random.Next(2) == 0))
                {
                    yield return _random.Next(6) == 0 ? Link.ZeroCopy(from, to, _random.Next(2)) : new Link(from, to, _random.Next(8), _random.Next(4));
                }
            }
        }
    }
}
