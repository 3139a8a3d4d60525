using System.Collections.Immutable;

namespace EdgeAI.Hal.Dsp.Isa;

/// <summary>
/// Cycles and energy of one instruction. Compute C = issue slots / threads; DMA D = bytes / rate; with n double-buffered tiles
/// the two overlap but for the first load and the last store: cycles = launch + max(C, D) + ⌈min(C, D) / n⌉.
/// </summary>
internal static class InstructionTiming
{
    /// <summary>Cycles to fetch and start an instruction.</summary>
    public const int LaunchCycles = 24;

    /// <summary>Issue slots per row of a loop: address update and branch.</summary>
    public const int RowSlots = 2;

    /// <summary>Bytes of a DMA burst; elements that are further apart waste the rest of theirs.</summary>
    public const int BurstBytes = 32;

    /// <summary>Longest frame of a Fourier transform.</summary>
    public const int FourierLengthLimit = 8192;

    private const int DepthTile = 256;
    private const int RowTile = 16;
    private const int CopyTileBytes = 4096;

    /// <summary>Work of an instruction before it is spread over threads and time.</summary>
    /// <param name="Slots">Issue slots.</param>
    /// <param name="DmaBytes">Bytes to and from main memory.</param>
    /// <param name="TcmBytes">Bytes between registers and tightly coupled memory.</param>
    internal readonly record struct Work(long Slots, long DmaBytes, long TcmBytes);

    /// <summary>Cost of a (verified) instruction.</summary>
    public static DspCost Of(Instruction instruction, DspConfiguration configuration)
    {
        var work = WorkOf(instruction, configuration);
        var compute = CeilingDivide(work.Slots, configuration.Threads);
        var dma = CeilingDivide(work.DmaBytes, configuration.DmaBytesPerCycle);
        var tiles = CeilingDivide(work.DmaBytes, Math.Max(TileBytes(instruction, configuration) / 2, 1));
        var cycles = LaunchCycles + Math.Max(compute, dma) + CeilingDivide(Math.Min(compute, dma), Math.Max(tiles, 1));
        var energy = configuration.Energy;
        var lanes = configuration.Lanes / 32.0;
        return new DspCost(
            cycles, work.Slots, work.DmaBytes,
            (work.Slots * energy.PerIssueSlot * lanes) + (work.TcmBytes * energy.PerTcmByte) + (work.DmaBytes * energy.PerDmaByte) + (cycles * energy.PerCycle));
    }

    /// <summary>Bytes of tightly coupled memory for the double-buffered tiles of an instruction.</summary>
    public static long TileBytes(Instruction instruction, DspConfiguration configuration) => instruction switch
    {
        VectorLoop loop => 2L * loop.TileElements * loop.Streams.Where(IsInMainMemory).Sum(stream => (long)stream.Memory.ElementBytes),
        MatrixProduct product => 8L * ((Math.Min(product.Depth, DepthTile) * (configuration.Lanes + RowTile)) + (RowTile * configuration.Lanes)),
        FourierFrames fourier => (2 * ((fourier.Length * 4) + (fourier.Bins * 8))) + (fourier.Length * 24),
        SoftmaxAxis => 4L * CopyTileBytes,
        StridedCopy => 2L * CopyTileBytes,
        _ => 0,
    };

    private static Work WorkOf(Instruction instruction, DspConfiguration configuration) => instruction switch
    {
        VectorLoop loop => LoopTiming.WorkOf(loop, configuration.Lanes),
        MatrixProduct product => WorkOf(product, configuration),
        FourierFrames fourier => WorkOf(fourier, configuration.Lanes),
        SoftmaxAxis softmax => WorkOf(softmax, configuration),
        StridedCopy copy => WorkOf(copy, configuration.Lanes),
        StridedFill fill => WorkOf(fill, configuration.Lanes),
        _ => default,
    };

    private static Work WorkOf(MatrixProduct product, DspConfiguration configuration)
    {
        var (batch, rows, depth, columns) = (product.Batch, product.Rows, product.Depth, product.Columns);
        var vectors = batch * rows * CeilingDivide(columns, configuration.Lanes);
        var refetches = depth * columns * 4 <= configuration.TcmBytes / 2 ? 1 : CeilingDivide(rows, RowTile);
        var dma = Bytes(product.A, Batches(product.A, batch) * rows * depth)
            + Bytes(product.B, Batches(product.B, batch) * depth * columns * refetches)
            + Bytes(product.C, batch * rows * columns)
            + (product.Bias is { } bias ? Bytes(bias, (bias.BatchStride == 0 ? 1 : batch) * (bias.RowStride == 0 ? 1 : rows) * columns) : 0);
        return new(vectors * (depth + 4), dma, vectors * (depth + 2) * configuration.Lanes * 4);
    }

    private static long Batches(MatrixOperand matrix, long batch) => matrix.BatchStride == 0 ? 1 : batch;

    private static long Bytes(MatrixOperand matrix, long elements) => IsInMainMemory(matrix.Memory) ? elements * 4 : 0;

    private static Work WorkOf(FourierFrames fourier, int lanes)
    {
        var frames = fourier.Batch * fourier.Frames;
        var isHalved = fourier.Length % 2 == 0;
        var slots = (CeilingDivide(fourier.Length, lanes) * (fourier.Window is null ? 2 : 4))
            + TransformSlots(isHalved ? fourier.Length / 2 : fourier.Length, lanes)
            + (CeilingDivide(fourier.Bins, lanes) * (isHalved ? 14 : 4));
        var samples = Math.Min(fourier.Frames * fourier.Length, ((fourier.Frames - 1) * fourier.Hop) + fourier.Length) * fourier.Batch;
        var dma = (IsInMainMemory(fourier.Signal) ? samples * 4 : 0)
            + (IsInMainMemory(fourier.Output) ? frames * fourier.Bins * 8 : 0)
            + (fourier.Window is { } window && IsInMainMemory(window) ? fourier.Length * 4 : 0);
        return new(frames * slots, dma, frames * slots * lanes * 2);
    }

    /// <summary>Slots of one complex transform: per butterfly of radix r, 4r loads and stores, the adds, and r − 1 twiddles.</summary>
    private static long TransformSlots(long length, int lanes)
    {
        var slots = 0L;
        foreach (var radix in FourierFactors.Of((int)length))
        {
            var butterfly = radix switch { 2 => 8 + 4 + 4, 4 => 16 + 16 + 12, _ => (4 * radix) + (4 * radix * radix) };
            slots += CeilingDivide(length / radix, lanes) * butterfly;
        }

        return slots;
    }

    private static Work WorkOf(SoftmaxAxis softmax, DspConfiguration configuration)
    {
        var elements = softmax.Outer * softmax.Count * softmax.Inner;
        var rows = softmax.Inner == 1 ? softmax.Outer : softmax.Outer * CeilingDivide(softmax.Inner, configuration.Lanes);
        var vectors = rows * (softmax.Inner == 1 ? CeilingDivide(softmax.Count, configuration.Lanes) : softmax.Count);
        var passes = softmax.Count * Math.Min(softmax.Inner, configuration.Lanes) * 4 <= configuration.TcmBytes / 4 ? 1 : 3;
        var dma = ((IsInMainMemory(softmax.Source) ? elements : 0) + (IsInMainMemory(softmax.Destination) ? elements : 0)) * 4 * passes;
        return new((vectors * (softmax.IsLogarithmic ? 20 : 19)) + (rows * 40), dma, elements * 20);
    }

    private static Work WorkOf(StridedCopy copy, int lanes)
    {
        var elements = Product(copy.Extents);
        var dma = LoopTiming.TransferBytes(copy.Source, copy.Extents, long.MaxValue) + LoopTiming.TransferBytes(copy.Destination, copy.Extents, long.MaxValue);
        var rows = elements / copy.Extents[^1];
        var isPlain = copy.Source.Strides[^1] == 1 && copy.Destination.Strides[^1] == 1;
        var slots = dma > 0 ? rows : rows * CeilingDivide(copy.Extents[^1], lanes) * (isPlain ? 2 : 2 * VectorOperations.StridedSlots);
        return new(slots, dma, elements * copy.Source.Memory.ElementBytes * 2);
    }

    private static Work WorkOf(StridedFill fill, int lanes)
    {
        var elements = Product(fill.Extents);
        var dma = LoopTiming.TransferBytes(fill.Destination, fill.Extents, long.MaxValue);
        var rows = elements / fill.Extents[^1];
        return new(dma > 0 ? rows : rows * CeilingDivide(fill.Extents[^1], lanes), dma, elements * fill.Destination.Memory.ElementBytes);
    }

    internal static bool IsInMainMemory(Walk walk) => IsInMainMemory(walk.Memory);

    internal static bool IsInMainMemory(MemoryOperand operand) => operand.Region != RegionTable.Tcm;

    internal static long CeilingDivide(long dividend, long divisor) => (dividend + divisor - 1) / divisor;

    internal static long Product(ReadOnlySpan<long> extents)
    {
        var product = 1L;
        foreach (var extent in extents)
        {
            product *= extent;
        }

        return product;
    }

    internal static long Product(ImmutableArray<long> extents) => Product(extents.AsSpan());
}
