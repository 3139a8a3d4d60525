namespace EdgeAI.Compiler.Partitioning;

/// <summary>
/// Memory of devices that have their own. Placement counts what each unit keeps; the values of a frame and the scratch of a segment are
/// known when the segments are compiled. Where all that does not fit, placement gets less to place with and solves again.
/// </summary>
internal static class DeviceMemory
{
    /// <summary>The least part of a device's memory that a round takes from placement, so that there are few rounds.</summary>
    private const int LeastShare = 16;

    private const string Constraint = "device-memory";

    /// <summary>A unit that alone is too large is refused by name.</summary>
    public static UnitAnswer Check(Target target, UnitCost cost) => cost.ResidentBytes > target.MemoryBytes
        ? new UnitAnswer(default, new Refusal(Constraint, $"it keeps {cost.ResidentBytes:N0} bytes, '{target.Id}' has {target.MemoryBytes:N0}"))
        : new UnitAnswer(cost, null);

    /// <summary>What placement may fill; null for no limit.</summary>
    public static long? Left(Compilation state, int target) => state.Targets[target].MemoryBytes - state.ReservedBytes.GetValueOrDefault(target);

    /// <summary>Whether what the compiled segments keep and the values of one frame fit every device.</summary>
    public static bool Fits(Compilation state) => Enumerable.Range(0, state.Targets.Length).All(target => Excess(state, target) <= 0);

    /// <summary>True when all fits; else less is left for placement, and nothing on a device where that cannot help.</summary>
    public static bool Reserve(Compilation state)
    {
        var fits = true;
        for (var target = 0; target < state.Targets.Length; target++)
        {
            var excess = Excess(state, target);
            if (excess > 0)
            {
                fits = false;
                Reserve(state, target, excess);
            }
        }

        return fits;
    }

    private static void Reserve(Compilation state, int target, Int128 excess)
    {
        var memory = state.Targets[target].MemoryBytes!.Value;
        var placed = Units(state, target).Aggregate(Int128.Zero, (sum, unit) => sum + state.Answers[unit, target].Cost.ResidentBytes);
        var left = (long)Int128.Max(0, placed - Int128.Max(excess, memory / LeastShare));
        state.Notes.Add($"{state.Targets[target].Id} has {memory:N0} bytes of memory, the plan would take {memory + excess:N0}; placed again with {left:N0} for weights and commands");
        if (placed == 0)
        {
            RefuseAll(state, target, new Refusal(Constraint, $"its values do not fit: '{state.Targets[target].Id}' has {memory:N0} bytes, a frame takes {memory + excess:N0}"));
        }

        state.ReservedBytes[target] = memory - left;
    }

    private static void RefuseAll(Compilation state, int target, Refusal refusal)
    {
        foreach (var unit in Units(state, target).ToList())
        {
            state.Answers[unit, target] = new UnitAnswer(default, refusal);
        }
    }

    private static IEnumerable<int> Units(Compilation state, int target) =>
        state.Placement!.Segments.Where(segment => segment.Device == target).SelectMany(segment => segment.Items);

    /// <summary>How far a device is over its memory. The places of values are planned only where they might not fit side by side.</summary>
    private static Int128 Excess(Compilation state, int target)
    {
        var here = state.Segments.Where(segment => state.Placement!.Segments[segment.Index].Device == target).ToList();
        if (state.Targets[target].MemoryBytes is not { } memory || here.Count == 0)
        {
            return 0;
        }

        var kept = here.Aggregate(Int128.Zero, (sum, segment) => sum + Resident(state, segment, target));
        var values = here.SelectMany(segment => segment.Inputs.Concat(segment.Outputs)).Distinct().Aggregate(Int128.Zero, (sum, value) => sum + Aligned(PlacementModel.ByteCount(value)));
        return kept + values <= memory ? 0 : kept + PlanEmitter.Arenas(state)[target] - memory;
    }

    private static long Aligned(long bytes) => bytes + Hal.HostBuffer.Alignment;

    private static long Resident(Compilation state, GraphSegment segment, int target) =>
        state.Compiled[segment.Index].Cost?.ResidentBytes ?? segment.Units.Sum(unit => state.Answers[unit.Index, target].Cost.ResidentBytes);
}
