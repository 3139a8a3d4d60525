namespace EdgeAI.Scheduling;

/// <summary>Every device's answer for every item. Immutable.</summary>
public sealed class CostTable
{
    private readonly DeviceCost[] _answers;

    /// <summary>Asks <paramref name="cost"/> once for each (item, device).</summary>
    public CostTable(int itemCount, int deviceCount, Func<int, int, DeviceCost> cost)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(itemCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(deviceCount);
        ArgumentNullException.ThrowIfNull(cost);
        (ItemCount, DeviceCount) = (itemCount, deviceCount);
        _answers = new DeviceCost[checked(itemCount * deviceCount)];
        for (var index = 0; index < _answers.Length; index++)
        {
            _answers[index] = cost(index / deviceCount, index % deviceCount);
        }
    }

    private CostTable(CostTable other)
    {
        (ItemCount, DeviceCount) = (other.ItemCount, other.DeviceCount);
        _answers = (DeviceCost[])other._answers.Clone();
    }

    /// <summary>The number of rows.</summary>
    public int ItemCount { get; }

    /// <summary>The number of columns.</summary>
    public int DeviceCount { get; }

    /// <summary>The answer of one device for one item.</summary>
    public DeviceCost this[int item, int device] => _answers[Index(item, device)];

    /// <summary>The same table with some answers changed, such as a refusal found while compiling.</summary>
    public CostTable With(params IEnumerable<(int Item, int Device, DeviceCost Cost)> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var copy = new CostTable(this);
        foreach (var (item, device, cost) in changes)
        {
            copy._answers[Index(item, device)] = cost;
        }

        return copy;
    }

    private int Index(int item, int device)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(item);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(item, ItemCount);
        ArgumentOutOfRangeException.ThrowIfNegative(device);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(device, DeviceCount);
        return (item * DeviceCount) + device;
    }
}
