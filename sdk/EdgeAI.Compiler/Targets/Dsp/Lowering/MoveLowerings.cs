using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Compiler.Targets.Dsp.Lowering;

/// <summary>Operators that move elements of 1, 2, 4 or 8 bytes and compute nothing.</summary>
internal abstract class MoveLowering : NodeLowering
{
    public override string? WhyNot(Node node) =>
        node.Input(0)!.Element.BitCount() is 8 or 16 or 32 or 64 ? WhyNotMove(node) : $"elements of {node.Input(0)!.Element} are not of 1, 2, 4 or 8 bytes";

    protected virtual string? WhyNotMove(Node node) => null;
}

/// <summary>The same bytes under another shape: no instruction at all.</summary>
internal sealed class ReshapeLowering : MoveLowering
{
    public override bool IsFree => true;

    public override void Lower(Node node, SegmentLowering segment) => segment.Alias(node.Output(0)!, segment.View(node.Input(0)!));

    protected override string? WhyNotMove(Node node) =>
        NodeChecks.WhyNotOneOutput(node)
        ?? (node.OpType == "Dropout" && node.Input(2) is { } mode && NodeChecks.Scalar(mode) != 0 ? "it may be in training mode" : null)
        ?? (node.Input(0)!.Shape.ElementCount == node.Output(0)!.Shape.ElementCount ? null : "input and output differ in size");
}

/// <summary>Axes in another order.</summary>
internal sealed class TransposeLowering : MoveLowering
{
    public override void Lower(Node node, SegmentLowering segment)
    {
        var source = segment.View(node.Input(0)!);
        var order = node.Attributes.Ints("perm");
        order = order.IsDefault ? [.. Enumerable.Range(0, source.Extents.Length).Reverse().Select(i => (long)i)] : order;
        var destination = segment.Allocate(node.Output(0)!);
        var strides = source.Strides;
        Copies.Emit(segment, destination.Extents, source.Memory, [.. order.Select(axis => strides[(int)axis])], destination.Memory, destination.Strides);
    }
}

/// <summary>A part of a tensor, with steps of either sign.</summary>
internal sealed class SliceLowering : MoveLowering
{
    public override void Lower(Node node, SegmentLowering segment)
    {
        var source = segment.View(node.Input(0)!);
        var (first, step) = Cut(node, source.Extents);
        var destination = segment.Allocate(node.Output(0)!);
        Copies.Emit(
            segment, destination.Extents, Copies.Moved(source, first), [.. source.Strides.Select((stride, i) => stride * step[i])],
            destination.Memory, destination.Strides);
    }

    protected override string? WhyNotMove(Node node) => NodeChecks.WhyNotConstant(node, 1, 2, 3, 4);

    private static (long[] First, long[] Step) Cut(Node node, ImmutableArray<long> extents)
    {
        var starts = NodeChecks.Integers(node, 1, "starts");
        var axes = NodeChecks.Integers(node, 3, "axes");
        var steps = node.Input(4)?.Constant?.ToInt64();
        var (first, step) = (new long[extents.Length], Enumerable.Repeat(1L, extents.Length).ToArray());
        for (var i = 0; i < starts.Length; i++)
        {
            var axis = axes.IsDefault ? i : NodeChecks.Axis(axes[i], extents.Length);
            var start = starts[i] < 0 ? starts[i] + extents[axis] : starts[i];
            step[axis] = steps?[i] ?? 1;
            first[axis] = Math.Clamp(start, 0, step[axis] < 0 ? extents[axis] - 1 : extents[axis]);
        }

        return (first, step);
    }
}

/// <summary>Tensors side by side along an axis.</summary>
internal sealed class ConcatLowering : MoveLowering
{
    public override void Lower(Node node, SegmentLowering segment)
    {
        var destination = segment.Allocate(node.Output(0)!);
        var axis = NodeChecks.Axis(node.Attributes.Int("axis", 0), destination.Extents.Length);
        var steps = new long[destination.Extents.Length];
        foreach (var input in node.Inputs)
        {
            var source = segment.View(input!);
            Copies.Emit(segment, source.Extents, source.Memory, source.Strides, Copies.Moved(destination, steps), destination.Strides);
            steps[axis] += source.Extents[axis];
        }
    }
}

/// <summary>A tensor cut along an axis, as its outputs' shapes say.</summary>
internal sealed class SplitLowering : MoveLowering
{
    public override void Lower(Node node, SegmentLowering segment)
    {
        var source = segment.View(node.Input(0)!);
        var axis = NodeChecks.Axis(node.Attributes.Int("axis", 0), source.Extents.Length);
        var steps = new long[source.Extents.Length];
        foreach (var output in node.Outputs)
        {
            var destination = segment.Allocate(output!);
            Copies.Emit(segment, destination.Extents, Copies.Moved(source, steps), source.Strides, destination.Memory, destination.Strides);
            steps[axis] += destination.Extents[axis];
        }
    }

    protected override string? WhyNotMove(Node node) => node.Outputs.Any(output => output is null) ? "an output is left out" : null;
}

/// <summary>A tensor repeated along axes of extent 1.</summary>
internal sealed class ExpandLowering : MoveLowering
{
    public override void Lower(Node node, SegmentLowering segment)
    {
        var source = segment.View(node.Input(0)!);
        var destination = segment.Allocate(node.Output(0)!);
        Copies.Emit(segment, destination.Extents, source.Memory, source.BroadcastStrides(destination.Extents), destination.Memory, destination.Strides);
    }
}
