using EdgeAI.Graph;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Slice with constant bounds and steps forward: a view of the input. Steps backward are a gather.</summary>
internal sealed class SliceLowering : MoveLowering
{
    public override IReadOnlyList<string> Operators { get; } = ["Slice"];

    public override string? WhyNot(UnitView unit) =>
        WhyNotSameType(unit) ?? (SliceBounds.Read(unit) is null ? "starts, ends, axes or steps are computed at run time, or name an axis that is not there; expected constants" : null);

    public override void Lower(UnitView unit, LoweringContext context)
    {
        if (SliceBounds.Read(unit)!.All(bound => bound.Step > 0))
        {
            base.Lower(unit, context);
            return;
        }

        var picks = SliceBounds.Read(unit)!.Select((bound, axis) => bound == SliceBound.Whole(Extents(unit.Input(0)!.Value)[axis]) ? null : bound.Indices());
        GatherLowering.Pick(unit, context, [.. picks]);
    }

    protected override Move Of(UnitView unit, int result, int[] strides)
    {
        var bounds = SliceBounds.Read(unit)!;
        var offset = bounds.Select((bound, axis) => bound.Start * (long)strides[axis]).Sum();
        return Move.Of(offset, Extents(unit.Output!.Value), bounds.Select((bound, axis) => checked((int)(bound.Step * strides[axis]))));
    }
}

/// <summary>What Slice takes of one axis.</summary>
internal readonly record struct SliceBound(long Start, long Step, long Count)
{
    public static SliceBound Whole(long extent) => new(0, 1, extent);

    public int[] Indices()
    {
        var (start, step) = (Start, Step);
        return [.. Enumerable.Range(0, checked((int)Count)).Select(i => checked((int)(start + (i * step))))];
    }
}

/// <summary>Reads starts, ends, axes and steps: operands since operator set 10, attributes before.</summary>
internal static class SliceBounds
{
    /// <summary>Per axis of the input; null when they are not constant or do not fit the shape.</summary>
    public static SliceBound[]? Read(UnitView unit)
    {
        var (node, extents) = (unit.Anchor, LoweringContext.Extents(unit.Input(0)!.Value));
        if (List(node, 1, "starts") is not { } starts || List(node, 2, "ends") is not { } ends || node.Inputs.Skip(1).Any(value => value is { Constant: null }))
        {
            return null;
        }

        var axes = List(node, 3, "axes") ?? [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)];
        var steps = List(node, 4, "steps") ?? [.. Enumerable.Repeat(1L, starts.Length)];
        var bounds = extents.Select(SliceBound.Whole).ToArray();
        for (var i = 0; i < starts.Length; i++)
        {
            var axis = axes.Length == starts.Length ? axes[i] < 0 ? axes[i] + extents.Length : axes[i] : -1;
            if (axis < 0 || axis >= extents.Length || ends.Length != starts.Length || steps.Length != starts.Length || steps[i] == 0 || Math.Abs(steps[i]) > int.MaxValue)
            {
                return null;
            }

            bounds[axis] = Bound(starts[i], steps[i], extents[axis], LoweringContext.Extents(unit.Output!.Value)[axis]);
        }

        return bounds;
    }

    /// <summary>The count is the result's extent: inference has it from the same bounds.</summary>
    private static SliceBound Bound(long start, long step, long extent, long count)
    {
        var from = start < 0 ? start + extent : start;
        return new SliceBound(Math.Clamp(from, 0, step > 0 ? extent : extent - 1), count == 1 ? Math.Sign(step) : step, count);
    }

    private static long[]? List(Node node, int index, string attribute) =>
        node.Input(index)?.Constant?.ToInt64() ?? (node.Attributes.Ints(attribute) is { IsDefault: false } ints ? [.. ints] : null);
}
