using System.Collections.Immutable;
using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Search;

/// <summary>Writes an ordered placement out as segments and transfers.</summary>
internal sealed class PlacementAssembler(DenseProblem problem, OrderedPlacement placement)
{
    private readonly List<Transfer> _transfers = [];

    public ImmutableArray<PlacementSegment> Segments()
    {
        var items = new ImmutableArray<int>.Builder[placement.SegmentDevices.Length];
        for (var item = 0; item < placement.SegmentOf.Length; item++)
        {
            (items[placement.SegmentOf[item]] ??= ImmutableArray.CreateBuilder<int>()).Add(item);
        }

        return [.. items.Select((list, segment) => new PlacementSegment(placement.SegmentDevices[segment], list.DrainToImmutable()))];
    }

    public ImmutableArray<Transfer> Transfers()
    {
        for (var value = 0; value < problem.ValueCount; value++)
        {
            AddTransfers(value);
        }

        var ordered = _transfers.Select((transfer, index) => (transfer, index)).OrderBy(pair => (pair.transfer.BeforeSegment, pair.index));
        return [.. ordered.Select(pair => pair.transfer)];
    }

    public double ItemCost()
    {
        var cost = 0.0;
        for (var item = 0; item < problem.ItemCount; item++)
        {
            cost += problem.ItemCost(item, placement.Devices[item]);
        }

        return cost;
    }

    public double TransferCost()
    {
        var cost = 0.0;
        for (var value = 0; value < problem.ValueCount; value++)
        {
            cost += problem.CopyCost(value, placement.Devices);
        }

        return cost;
    }

    private void AddTransfers(int value)
    {
        var source = problem.SourceOf(value, placement.Devices);
        var set = problem.Copies.Close(source, problem.NeedsOf(value, placement.Devices));
        if (set == 0)
        {
            return;
        }

        if ((set >> problem.Host & 1) != 0)
        {
            var dependents = DependentsOf(source, set) | 1 << problem.Host;
            Add(value, source, problem.Host, dependents);
        }

        for (var device = 0; device < problem.DeviceCount; device++)
        {
            if (device != problem.Host && (set >> device & 1) != 0)
            {
                Add(value, source, device, 1 << device);
            }
        }
    }

    /// <summary>The devices that get their copy from the host's.</summary>
    private int DependentsOf(int source, int set)
    {
        var dependents = 0;
        for (var device = 0; device < problem.DeviceCount; device++)
        {
            var isDependent = (set >> device & 1) != 0 && device != problem.Host && problem.Copies.LastHop(source, device).From != source;
            dependents |= isDependent ? 1 << device : 0;
        }

        return dependents;
    }

    private void Add(int value, int source, int device, int neededOn)
    {
        var before = placement.SegmentDevices.Length;
        foreach (var consumer in problem.Consumers[value])
        {
            var segment = placement.SegmentOf[consumer];
            before = (neededOn >> placement.Devices[consumer] & 1) != 0 ? Math.Min(before, segment) : before;
        }

        var link = problem.Copies.LastHop(source, device);
        var after = problem.Producer[value] < 0 ? -1 : placement.SegmentOf[problem.Producer[value]];
        _transfers.Add(new Transfer(value, link.From, device, link.CopyCost(problem.Source.Values[value].Bytes), after, before));
    }
}
