using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>A range along each of some axes.</summary>
internal static class Slice
{
    public static OperatorSchema Schema { get; } = new("Slice", 1, 10, 11, 13)
    {
        Inputs = "data:T starts:Tind@10 ends:Tind@10 axes?:Tind@10 steps?:Tind@10",
        Outputs = "output:T",
        Types = "T=any Tind=index",
        Attributes = "axes:ints@-10 ends:ints!@-10 starts:ints!@-10",
        Infer = Run,
        Map = Move,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        var starts = Movement.IntegersOf(context, 1, "starts");
        var ends = Movement.IntegersOf(context, 2, "ends");
        if (!shape.HasRank || Axes(context, shape.Rank, starts ?? ends) is not { } axes)
        {
            context.Set(0, shape.HasRank ? Extents.OfRank(shape.Rank) : Shape.Unknown);
            return;
        }

        var steps = context.Has(4) ? context.IntegersOf(4) : null;
        for (var i = 0; i < axes.Length; i++)
        {
            var step = context.Has(4) ? At(steps, i) : SymbolicInteger.Of(1);
            shape = shape.With(axes[i], Extent(context, shape[axes[i]], At(starts, i), At(ends, i), step));
        }

        context.Set(0, shape);
    }

    private static IndexMap? Move(InferenceContext context)
    {
        var starts = Movement.NumbersOf(context, 1, "starts");
        if (context.ShapeOf(0) is not { IsStatic: true } shape || starts is null
            || Axes(context, shape.Rank, Movement.IntegersOf(context, 1, "starts")) is not { } axes)
        {
            return null;
        }

        var strides = Extents.Strides(shape.ToArray());
        var (moved, offset) = (strides.ToArray(), 0L);
        var steps = context.Has(4) ? context.NumbersOf(4) : [.. Enumerable.Repeat(1L, axes.Length)];
        for (var i = 0; i < axes.Length && steps is not null; i++)
        {
            offset += Start(shape[axes[i]].Value, starts[i], steps[i]) * strides[axes[i]];
            moved[axes[i]] *= steps[i];
        }

        return steps is null ? null : Movement.Strided(context.ResultShape(0), moved, offset);
    }

    private static int[]? Axes(InferenceContext context, int rank, IntegerTensor? bounds)
    {
        var given = Movement.NumbersOf(context, 3, "axes");
        if (given is null && (context.Has(3) || bounds is null))
        {
            return null;
        }

        var axes = given is null ? [.. Enumerable.Range(0, bounds!.Items.Length)] : context.Axes(given, rank);
        return axes.Length <= rank && (bounds is null || bounds.Items.Length == axes.Length) ? axes
            : throw context.Error($"found {bounds?.Items.Length} starts for {axes.Length} axes of an operand of rank {rank}; expected one each.");
    }

    private static SymbolicInteger At(IntegerTensor? items, int index) =>
        items is not null && index < items.Items.Length ? items.Items[index] : SymbolicInteger.Unknown;

    private static Dimension Extent(InferenceContext context, Dimension extent, SymbolicInteger start, SymbolicInteger end, SymbolicInteger step)
    {
        if (step.Is(0))
        {
            throw context.Error("a step is 0; expected another number.");
        }

        if (extent.IsKnown && start.IsKnown && end.IsKnown && step.IsKnown)
        {
            return Count(extent.Value, start.Value, end.Value, step.Value);
        }

        if (extent.IsKnown && extent.Value == 0)
        {
            return 0;
        }

        var length = SymbolicInteger.Of(extent);
        var isReversed = start.Is(-1) && step.Is(-1) && end is { IsKnown: true, Value: <= -int.MaxValue };
        return isReversed ? extent
            : start.IsKnown && end.IsKnown && start.Value >= 0 == end.Value >= 0 && step.Is(1) && end.Value <= start.Value ? 0
            : step.Is(1) && From(length, start) is var first && To(length, end) is var last ? (last - first).AtLeastZero().ToDimension()
            : Dimension.Unknown;
    }

    /// <summary>The first index of a slice with step 1; the end of the axis is not looked at.</summary>
    private static SymbolicInteger From(SymbolicInteger extent, SymbolicInteger start) =>
        start is { IsKnown: true, Value: < 0 } ? (extent + start).AtLeastZero() : start.IsNeverNegative ? start : SymbolicInteger.Unknown;

    /// <summary>The index behind the last; unknown where it may lie behind the axis.</summary>
    private static SymbolicInteger To(SymbolicInteger extent, SymbolicInteger end) =>
        end is { IsKnown: true, Value: >= int.MaxValue } ? extent
        : end is { IsKnown: true, Value: < 0 } ? (extent + end).AtLeastZero()
        : end.IsNeverNegative && (extent - end) is var rest && (rest.IsNeverNegative || end.IsSameAs(extent)) ? end
        : SymbolicInteger.Unknown;

    private static long Count(long extent, long start, long end, long step)
    {
        if (extent == 0)
        {
            return 0;
        }

        var first = Start(extent, start, step);
        var last = Math.Clamp(end < 0 ? end + extent : end, step < 0 ? -1 : 0, step < 0 ? extent - 1 : extent);
        return step > 0
            ? last > first ? (last - first - 1) / step + 1 : 0
            : first > last ? (first - last - 1) / checked(-step) + 1 : 0;
    }

    /// <summary>The first index, brought into the axis.</summary>
    private static long Start(long extent, long start, long step) =>
        Math.Clamp(start < 0 ? start + extent : start, 0, Math.Max(0, step < 0 ? extent - 1 : extent));
}
