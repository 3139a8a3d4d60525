using System.Collections.Immutable;

namespace EdgeAI.Hal.Dsp.Isa;

/// <summary>A place in a region, and the type of the elements there. Encoded in one word: 16, 8 and 40 bits.</summary>
internal readonly record struct MemoryOperand(int Region, DataType Type, long ByteOffset)
{
    /// <summary>Offsets stay below this.</summary>
    public const long OffsetLimit = 1L << 40;

    public int ElementBytes => Type.BitCount() / 8;
}

/// <summary>An operand that a loop walks: element strides, one per loop dimension, outermost first; 0 repeats.</summary>
internal sealed record Walk(MemoryOperand Memory, ImmutableArray<long> Strides);

/// <summary>One operation of a vector loop's body. <paramref name="B"/> is a register, a stream or the bits of a float32.</summary>
internal readonly record struct VectorOperation(VectorOpcode Opcode, byte Destination, byte A, byte C, bool HasImmediate, uint B)
{
    public float Immediate => BitConverter.UInt32BitsToSingle(B);
}

/// <summary>A decoded instruction of the sequencer.</summary>
internal abstract record Instruction
{
    public abstract Opcode Opcode { get; }
}

/// <summary>
/// A nest of loops around a straight line of vector operations. The innermost <paramref name="ReduceRank"/> dimensions
/// feed accumulators; the epilogue runs once per step of the others. The last dimension is spread over the lanes, or, when
/// <paramref name="IsVertical"/>, the last one that is not reduced.
/// </summary>
/// <param name="Extents">Steps per dimension, outermost first.</param>
/// <param name="ReduceRank">Reduced dimensions at the end.</param>
/// <param name="IsVertical">True when each lane reduces its own column; false when lanes are added up at the end.</param>
/// <param name="TileElements">Elements per double-buffered tile; a multiple of 32. Time and TCM need depend on it, results do not.</param>
/// <param name="Streams">Operands that loads and stores name by index.</param>
/// <param name="Body">Operations per step.</param>
/// <param name="Epilogue">Operations after the reduced dimensions; empty when nothing is reduced.</param>
internal sealed record VectorLoop(
    ImmutableArray<long> Extents, int ReduceRank, bool IsVertical, int TileElements,
    ImmutableArray<Walk> Streams, ImmutableArray<VectorOperation> Body, ImmutableArray<VectorOperation> Epilogue) : Instruction
{
    public override Opcode Opcode => Opcode.VectorLoop;
}

/// <summary>A float32 matrix in a batch: row r of matrix b starts at b · BatchStride + r · RowStride; columns lie side by side.</summary>
internal readonly record struct MatrixOperand(MemoryOperand Memory, long RowStride, long BatchStride);

/// <summary>C = A·B (+ bias), float32; each sum runs over k upwards in one fused multiply-add chain from 0, the bias comes last.</summary>
internal sealed record MatrixProduct(
    long Batch, long Rows, long Depth, long Columns, MatrixOperand A, MatrixOperand B, MatrixOperand C, MatrixOperand? Bias) : Instruction
{
    public override Opcode Opcode => Opcode.MatrixProduct;
}

/// <summary>
/// Discrete Fourier transforms of overlapping frames of real signals [batch, samples], each frame times the window:
/// output [batch, frames, bins, 2] with bins = length/2 + 1 when one-sided, else length.
/// </summary>
internal sealed record FourierFrames(
    long Batch, long Frames, long Hop, long Length, bool IsOneSided,
    MemoryOperand Signal, long SignalBatchStride, MemoryOperand? Window, MemoryOperand Output) : Instruction
{
    public override Opcode Opcode => Opcode.Fourier;

    public long Bins => IsOneSided ? (Length / 2) + 1 : Length;
}

/// <summary>Softmax, or its logarithm, along the middle axis of dense float32 [outer, count, inner].</summary>
internal sealed record SoftmaxAxis(
    long Outer, long Count, long Inner, bool IsLogarithmic, MemoryOperand Source, MemoryOperand Destination) : Instruction
{
    public override Opcode Opcode => Opcode.Softmax;
}

/// <summary>Copies elements of 1, 2, 4 or 8 bytes; source and destination must not overlap.</summary>
internal sealed record StridedCopy(ImmutableArray<long> Extents, Walk Source, Walk Destination) : Instruction
{
    public override Opcode Opcode => Opcode.StridedCopy;
}

/// <summary>Sets elements of 1, 2, 4 or 8 bytes to a bit pattern.</summary>
internal sealed record StridedFill(ImmutableArray<long> Extents, Walk Destination, ulong Pattern) : Instruction
{
    public override Opcode Opcode => Opcode.StridedFill;
}
