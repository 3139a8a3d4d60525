namespace EdgeAI.Scheduling.Capacity;

/// <summary>The resident bytes of placements against the devices' capacities. Sums cannot overflow.</summary>
internal sealed class MemoryUse(PlacementProblem problem)
{
    /// <summary>Devices with a capacity.</summary>
    public int[] Limited { get; } = [.. Enumerable.Range(0, problem.Devices.Length).Where(device => problem.Devices[device].CapacityBytes is not null)];

    /// <summary>Items that keep bytes on some limited device.</summary>
    public int[] Heavy() => [.. Enumerable.Range(0, problem.Items.Length).Where(item => Array.Exists(Limited, device => problem.Costs[item, device].ResidentBytes > 0))];

    public Int128 On(IReadOnlyList<int> devices, int device)
    {
        Int128 sum = 0;
        for (var item = 0; item < devices.Count; item++)
        {
            sum += devices[item] == device ? problem.Costs[item, device].ResidentBytes : 0;
        }

        return sum;
    }

    /// <summary>How far a device is over its capacity; negative where there is room.</summary>
    public Int128 Excess(IReadOnlyList<int> devices, int device) => On(devices, device) - problem.Devices[device].CapacityBytes!.Value;

    /// <summary>The same for every device; one without a limit has room for whatever there is.</summary>
    public Int128[] Excess(IReadOnlyList<int> devices) =>
        [.. Enumerable.Range(0, problem.Devices.Length).Select(device => problem.Devices[device].CapacityBytes is null ? Int128.MinValue / 2 : Excess(devices, device))];

    public bool Fits(IReadOnlyList<int> devices) => Array.TrueForAll(Limited, device => Excess(devices, device) <= 0);

    /// <summary>The problem in which a device refuses what does not fit it even alone.</summary>
    public PlacementProblem RefuseTooLarge()
    {
        var changes = new List<(int, int, DeviceCost)>();
        foreach (var device in Limited)
        {
            for (var item = 0; item < problem.Items.Length; item++)
            {
                var (bytes, capacity) = (problem.Costs[item, device].ResidentBytes, problem.Devices[device].CapacityBytes);
                if (bytes > capacity)
                {
                    changes.Add((item, device, DeviceCost.Refused(FormattableString.Invariant($"it keeps {bytes} bytes, the device has {capacity}"))));
                }
            }
        }

        return problem with { Costs = problem.Costs.With(changes) };
    }

    /// <summary>Names each limited device, what it has, and what the items need that only it takes.</summary>
    public string Describe() => string.Join("; ", Limited.Select(device =>
    {
        Int128 only = 0, all = 0;
        for (var item = 0; item < problem.Items.Length; item++)
        {
            var cost = problem.Costs[item, device];
            var isOnly = !Enumerable.Range(0, problem.Devices.Length).Any(other => other != device && !problem.Costs[item, other].IsRefused);
            (only, all) = (only + (isOnly ? cost.ResidentBytes : 0), all + cost.ResidentBytes);
        }

        return FormattableString.Invariant($"'{problem.Devices[device].Name}' has {problem.Devices[device].CapacityBytes} bytes, items that only it takes need {only}, all that it takes {all}");
    }));
}
