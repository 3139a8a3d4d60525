using System.Collections.Immutable;

namespace EdgeAI.Hal.Dsp.Isa;

/// <summary>An operand of an instruction as a range of bytes, and how it is used.</summary>
internal readonly record struct OperandRange(string Name, MemoryOperand Memory, Int128 First, Int128 End, bool IsWritten);

/// <summary>Which bytes an instruction touches, by exact arithmetic on extents and strides.</summary>
internal static class OperandBounds
{
    /// <summary>All operands of an instruction.</summary>
    public static IEnumerable<OperandRange> Of(Instruction instruction) => instruction switch
    {
        VectorLoop loop => OfLoop(loop),
        MatrixProduct product => OfProduct(product),
        FourierFrames fourier => OfFourier(fourier),
        SoftmaxAxis softmax => OfSoftmax(softmax),
        StridedCopy copy => [Range("source", copy.Source, copy.Extents, false), Range("destination", copy.Destination, copy.Extents, true)],
        StridedFill fill => [Range("destination", fill.Destination, fill.Extents, true)],
        _ => [],
    };

    private static IEnumerable<OperandRange> OfLoop(VectorLoop loop)
    {
        for (var i = 0; i < loop.Streams.Length; i++)
        {
            var index = (uint)i;
            var isWritten = loop.Body.Concat(loop.Epilogue).Any(operation => operation.Opcode == VectorOpcode.Store && operation.B == index);
            yield return Range($"s{i}", loop.Streams[i], loop.Extents, isWritten);
        }
    }

    private static IEnumerable<OperandRange> OfProduct(MatrixProduct product)
    {
        yield return Range("a", product.A, product.Batch, product.Rows, product.Depth, false);
        yield return Range("b", product.B, product.Batch, product.Depth, product.Columns, false);
        yield return Range("c", product.C, product.Batch, product.Rows, product.Columns, true);
        if (product.Bias is { } bias)
        {
            yield return Range("bias", bias, product.Batch, product.Rows, product.Columns, false);
        }
    }

    private static IEnumerable<OperandRange> OfFourier(FourierFrames fourier)
    {
        yield return Range(
            "signal", new Walk(fourier.Signal, [fourier.SignalBatchStride, fourier.Hop, 1]), [fourier.Batch, fourier.Frames, fourier.Length], false);
        yield return Range(
            "output", new Walk(fourier.Output, [0, 0, 0, 1]), [1, 1, 1, 1], true) with
        { End = End(fourier.Output, fourier.Batch, fourier.Frames, fourier.Bins, 2) };
        if (fourier.Window is { } window)
        {
            yield return Range("window", new Walk(window, [1]), [fourier.Length], false);
        }
    }

    private static IEnumerable<OperandRange> OfSoftmax(SoftmaxAxis softmax)
    {
        yield return new("source", softmax.Source, softmax.Source.ByteOffset, End(softmax.Source, softmax.Outer, softmax.Count, softmax.Inner), false);
        yield return new(
            "destination", softmax.Destination, softmax.Destination.ByteOffset, End(softmax.Destination, softmax.Outer, softmax.Count, softmax.Inner), true);
    }

    private static OperandRange Range(string name, MatrixOperand matrix, long batch, long rows, long columns, bool isWritten) =>
        Range(name, new Walk(matrix.Memory, [matrix.BatchStride, matrix.RowStride, 1]), [batch, rows, columns], isWritten);

    private static OperandRange Range(string name, Walk walk, ImmutableArray<long> extents, bool isWritten)
    {
        Int128 lowest = 0;
        Int128 highest = 0;
        for (var i = 0; i < extents.Length; i++)
        {
            var reach = (Int128)walk.Strides[i] * (extents[i] - 1);
            (lowest, highest) = reach < 0 ? (lowest + reach, highest) : (lowest, highest + reach);
        }

        var size = walk.Memory.ElementBytes;
        return new(name, walk.Memory, walk.Memory.ByteOffset + (lowest * size), walk.Memory.ByteOffset + ((highest + 1) * size), isWritten);
    }

    private static Int128 End(MemoryOperand memory, params ReadOnlySpan<long> extents)
    {
        Int128 count = 1;
        foreach (var extent in extents)
        {
            count *= extent; // extents were bounded by 2^31 before
        }

        return memory.ByteOffset + (count * memory.ElementBytes);
    }
}
