using System.Collections.Immutable;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Compiler.Targets.Dsp.Lowering;

/// <summary>Emits copies with as few and as long rows as the strides allow.</summary>
internal static class Copies
{
    /// <summary>A whole tensor.</summary>
    public static void Flat(SegmentLowering segment, TensorView source, TensorView destination) =>
        Emit(segment, [source.ElementCount], source.Memory, [1], destination.Memory, [1]);

    /// <summary>A strided block.</summary>
    public static void Emit(
        SegmentLowering segment, ImmutableArray<long> extents, MemoryOperand source, ImmutableArray<long> sourceStrides,
        MemoryOperand destination, ImmutableArray<long> destinationStrides)
    {
        var layout = LoopLayout.Of(extents, [new Walk(source, sourceStrides), new Walk(destination, destinationStrides)], _ => false);
        segment.Emit(new StridedCopy(layout.Extents, layout.Streams[0], layout.Streams[1]));
    }

    /// <summary>Sets a strided block.</summary>
    public static void Fill(
        SegmentLowering segment, ImmutableArray<long> extents, MemoryOperand destination, ImmutableArray<long> strides, ulong pattern)
    {
        var layout = LoopLayout.Of(extents, [new Walk(destination, strides)], _ => false);
        segment.Emit(new StridedFill(layout.Extents, layout.Streams[0], pattern));
    }

    /// <summary>A place so many steps along each axis from an operand's first element.</summary>
    public static MemoryOperand Moved(TensorView view, params ReadOnlySpan<long> steps)
    {
        var strides = view.Strides;
        var element = 0L;
        for (var i = 0; i < steps.Length; i++)
        {
            element += steps[i] * strides[i];
        }

        return view.At(element);
    }
}
