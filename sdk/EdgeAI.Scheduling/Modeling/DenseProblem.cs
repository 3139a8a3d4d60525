namespace EdgeAI.Scheduling.Modeling;

/// <summary>A checked problem in flat arrays, as the solvers read it. Sets of devices are bit masks.</summary>
internal sealed class DenseProblem
{
    private readonly double[] _itemCosts;
    private readonly double[] _bytes;
    private IReadOnlyList<Block>? _blocks;

    public DenseProblem(PlacementProblem problem)
    {
        Source = problem;
        (ItemCount, DeviceCount, ValueCount, Host) = (problem.Items.Length, problem.Devices.Length, problem.Values.Length, problem.HostDevice);
        Launch = [.. problem.Devices.Select(device => device.LaunchCost)];
        Copies = new CopyCosts(problem);
        (_itemCosts, Allowed) = (new double[ItemCount * DeviceCount], new byte[ItemCount]);
        for (var item = 0; item < ItemCount; item++)
        {
            ReadCosts(problem.Costs, item);
        }

        _bytes = [.. problem.Values.Select(value => (double)value.Bytes)];
        Producer = [.. problem.Values.Select(value => value.Producer)];
        IsOutput = [.. problem.Values.Select(value => value.IsOutput)];
        (Consumers, ValuesOf, Predecessors, Successors) = Connect(problem);
    }

    public PlacementProblem Source { get; }

    public int ItemCount { get; }

    public int DeviceCount { get; }

    public int ValueCount { get; }

    public int Host { get; }

    /// <summary>Launch cost of each device.</summary>
    public double[] Launch { get; }

    /// <summary>The devices that take each item.</summary>
    public byte[] Allowed { get; }

    /// <summary>The producer of each value, or <see cref="PlacementValue.Ambient"/>.</summary>
    public int[] Producer { get; }

    public bool[] IsOutput { get; }

    public CopyCosts Copies { get; }

    /// <summary>The distinct consumers of each value, ascending.</summary>
    public Adjacency Consumers { get; }

    /// <summary>The values that an item produces or consumes.</summary>
    public Adjacency ValuesOf { get; }

    public Adjacency Predecessors { get; }

    public Adjacency Successors { get; }

    /// <summary>The graph cut at its clean items.</summary>
    public IReadOnlyList<Block> Blocks => _blocks ??= Block.Cut(this);

    public double ItemCost(int item, int device) => _itemCosts[(item * DeviceCount) + device];

    /// <summary>The cost of a value that lies on <paramref name="from"/> and must be present on a set of devices.</summary>
    public double CopyCost(int value, int from, int set) => Copies.Of(_bytes[value], from, set);

    public int SourceOf(int value, ReadOnlySpan<byte> devices) => Producer[value] < 0 ? Host : devices[Producer[value]];

    /// <summary>The devices on which a value is needed.</summary>
    public int NeedsOf(int value, ReadOnlySpan<byte> devices)
    {
        var set = IsOutput[value] ? 1 << Host : 0;
        foreach (var consumer in Consumers[value])
        {
            set |= 1 << devices[consumer];
        }

        return set;
    }

    public double CopyCost(int value, ReadOnlySpan<byte> devices) => CopyCost(value, SourceOf(value, devices), NeedsOf(value, devices));

    /// <summary>The additive sum, in the order of items and then values.</summary>
    public double AdditiveCost(ReadOnlySpan<byte> devices)
    {
        var (items, copies) = (0.0, 0.0);
        for (var item = 0; item < ItemCount; item++)
        {
            items += ItemCost(item, devices[item]);
        }

        for (var value = 0; value < ValueCount; value++)
        {
            copies += CopyCost(value, devices);
        }

        return items + copies;
    }

    private void ReadCosts(CostTable costs, int item)
    {
        for (var device = 0; device < DeviceCount; device++)
        {
            var cost = costs[item, device];
            _itemCosts[(item * DeviceCount) + device] = cost.Value;
            Allowed[item] |= (byte)(cost.IsRefused ? 0 : 1 << device);
        }
    }

    private (Adjacency Consumers, Adjacency ValuesOf, Adjacency Predecessors, Adjacency Successors) Connect(PlacementProblem problem)
    {
        List<(int, int)> consumers = [], valuesOf = [], predecessors = [], successors = [];
        for (var value = 0; value < ValueCount; value++)
        {
            var producer = problem.Values[value].Producer;
            if (producer >= 0)
            {
                valuesOf.Add((producer, value));
            }

            foreach (var consumer in Distinct(problem.Values[value].Consumers.AsSpan()))
            {
                consumers.Add((value, consumer));
                valuesOf.Add((consumer, value));
                if (producer >= 0)
                {
                    predecessors.Add((consumer, producer));
                    successors.Add((producer, consumer));
                }
            }
        }

        return (Adjacency.Of(ValueCount, consumers), Adjacency.Of(ItemCount, valuesOf), Adjacency.Of(ItemCount, predecessors), Adjacency.Of(ItemCount, successors));
    }

    private static int[] Distinct(ReadOnlySpan<int> consumers)
    {
        var sorted = consumers.ToArray();
        if (sorted.Length < 2)
        {
            return sorted;
        }

        Array.Sort(sorted);
        var count = 1;
        for (var index = 1; index < sorted.Length; index++)
        {
            if (sorted[index] != sorted[index - 1])
            {
                sorted[count++] = sorted[index];
            }
        }

        return sorted[..count];
    }
}
