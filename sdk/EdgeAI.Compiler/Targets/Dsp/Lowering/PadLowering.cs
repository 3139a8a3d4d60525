using System.Collections.Immutable;
using EdgeAI.Graph;

namespace EdgeAI.Compiler.Targets.Dsp.Lowering;

/// <summary>Copies the tensor into the middle of the output, then fills axis by axis the slabs before and behind it.</summary>
internal sealed class PadLowering : MoveLowering
{
    public override void Lower(Node node, SegmentLowering segment)
    {
        var source = segment.View(node.Input(0)!);
        var destination = segment.Allocate(node.Output(0)!);
        var before = Amounts(node, source.Extents.Length).Before;
        Copies.Emit(segment, source.Extents, source.Memory, source.Strides, Copies.Moved(destination, before), destination.Strides);
        for (var axis = 0; axis < source.Extents.Length; axis++)
        {
            var slabs = new Slabs(segment, source.Extents, destination, before, axis);
            slabs.Emit(node.Attributes.Text("mode", "constant"), Pattern(node));
        }
    }

    protected override string? WhyNotMove(Node node)
    {
        var constants = NodeChecks.WhyNotConstant(node, 1, 2, 3);
        if (constants is not null)
        {
            return constants;
        }

        var (before, after) = Amounts(node, node.Input(0)!.Shape.Rank);
        return Enumerable.Range(0, before.Length).Select(i => WhyNotAxis(node, i, before[i], after[i])).FirstOrDefault(reason => reason is not null);
    }

    private static string? WhyNotAxis(Node node, int axis, long before, long after)
    {
        var (mode, extent) = (node.Attributes.Text("mode", "constant"), node.Input(0)!.Shape[axis].Value);
        var limit = mode switch { "constant" or "edge" => long.MaxValue, "reflect" => extent - 1, "wrap" => extent, _ => -1 };
        return limit < 0 ? $"mode '{mode}' is unknown"
            : before < 0 || after < 0 ? $"axis {axis} is padded by {before} and {after}; expected no cropping"
            : Math.Max(before, after) > limit ? $"axis {axis} of extent {extent} is padded by {before} and {after} in mode '{mode}'; expected at most {limit}"
            : null;
    }

    private static (long[] Before, long[] After) Amounts(Node node, int rank)
    {
        var pads = NodeChecks.Integers(node, 1, "pads");
        var axes = node.Input(3)?.Constant?.ToInt64() ?? [.. Enumerable.Range(0, rank).Select(i => (long)i)];
        var (before, after) = (new long[rank], new long[rank]);
        for (var i = 0; i < axes.Length; i++)
        {
            var axis = NodeChecks.Axis(axes[i], rank);
            (before[axis], after[axis]) = (pads[i], pads[i + axes.Length]);
        }

        return (before, after);
    }

    /// <summary>The bits of the padding element.</summary>
    private static ulong Pattern(Node node)
    {
        if (node.Input(2)?.Constant is not { } value)
        {
            return BitConverter.SingleToUInt32Bits(node.Attributes.Float("value", 0));
        }

        var bytes = new byte[8];
        value.Data.Span.CopyTo(bytes);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>The slabs of one axis: axes before it are complete, axes behind it have only their middle.</summary>
    private sealed class Slabs(SegmentLowering segment, ImmutableArray<long> extents, TensorView destination, long[] before, int axis)
    {
        public void Emit(string mode, ulong pattern)
        {
            var (first, extent) = (before[axis], extents[axis]);
            var last = first + extent;
            var behind = destination.Extents[axis] - last;
            switch (mode)
            {
                case "constant":
                    Fill(0, first, pattern);
                    Fill(last, behind, pattern);
                    break;
                case "reflect":
                    Copy(0, first, 2 * first, -1);
                    Copy(last, behind, last - 2, -1);
                    break;
                case "edge":
                    Copy(0, first, first, 0);
                    Copy(last, behind, last - 1, 0);
                    break;
                default:
                    Copy(0, first, extent, 1);
                    Copy(last, behind, first, 1);
                    break;
            }
        }

        private void Fill(long at, long count, ulong pattern)
        {
            if (count > 0)
            {
                Copies.Fill(segment, Block(count), Place(at), destination.Strides, pattern);
            }
        }

        private void Copy(long at, long count, long from, int step)
        {
            if (count > 0)
            {
                var strides = destination.Strides;
                Copies.Emit(segment, Block(count), Place(from), strides.SetItem(axis, strides[axis] * step), Place(at), strides);
            }
        }

        private ImmutableArray<long> Block(long count) =>
            [.. extents.Select((extent, i) => i < axis ? destination.Extents[i] : i == axis ? count : extent)];

        private Hal.Dsp.Isa.MemoryOperand Place(long at) =>
            Copies.Moved(destination, [.. before.Select((steps, i) => i < axis ? 0 : i == axis ? at : steps)]);
    }
}
