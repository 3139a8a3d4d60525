using System.Collections.Immutable;
using EdgeAI.Hal;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Compiler.Targets.Dsp;

/// <summary>Memory of a draft: an input or a constant, or a block whose place is found when all instructions are known.</summary>
/// <param name="Id">Index in the draft; instructions name it as region until memory is assigned.</param>
/// <param name="ByteCount">Length.</param>
internal sealed record DraftBuffer(int Id, long ByteCount)
{
    /// <summary>Constant's or input's index; −1 for blocks that the program makes.</summary>
    public int ConstantIndex { get; init; } = -1;

    public int InputIndex { get; init; } = -1;

    public bool IsTemporary => ConstantIndex < 0 && InputIndex < 0;
}

/// <summary>A dense tensor in a buffer.</summary>
internal readonly record struct TensorView(DraftBuffer Buffer, DataType Type, ImmutableArray<long> Extents)
{
    public MemoryOperand Memory => At(0);

    public long ElementCount => InstructionTiming.Product(Extents);

    public MemoryOperand At(long element) => new(Buffer.Id, Type, element * Type.BitCount() / 8);

    /// <summary>Element strides, outermost first.</summary>
    public ImmutableArray<long> Strides => StridesOf(Extents);

    public static ImmutableArray<long> StridesOf(ImmutableArray<long> extents)
    {
        var strides = new long[extents.Length];
        var stride = 1L;
        for (var i = extents.Length - 1; i >= 0; i--)
        {
            (strides[i], stride) = (stride, stride * extents[i]);
        }

        return [.. strides];
    }

    /// <summary>Strides of this tensor when it is broadcast to <paramref name="extents"/> (numpy: aligned at the right).</summary>
    public ImmutableArray<long> BroadcastStrides(ImmutableArray<long> extents)
    {
        var own = Strides;
        var strides = new long[extents.Length];
        for (var (i, j) = (Extents.Length - 1, extents.Length - 1); i >= 0; i--, j--)
        {
            strides[j] = Extents[i] == 1 ? 0 : own[i];
        }

        return [.. strides];
    }
}
