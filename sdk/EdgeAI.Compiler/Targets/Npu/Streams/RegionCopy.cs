using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Streams;

/// <summary>One loop of a copy in elements: extent and how far both ends move, in bytes.</summary>
internal readonly record struct CopyAxis(int Extent, int SourceStride, int DestinationStride);

/// <summary>
/// Copies a box of bytes between two strided places: merges axes that are contiguous on both sides into runs, and writes
/// as many copy commands as the loops left over need.
/// </summary>
internal static class RegionCopy
{
    private const int LoopsPerCommand = 4;

    /// <summary>Appends the copy, outermost axis first.</summary>
    public static void Emit(CommandStream stream, NpuEngine engine, Address source, Address destination, params ReadOnlySpan<CopyAxis> axes)
    {
        var (run, loops) = Merge(axes);
        EmitLoops(stream, engine, source, destination, run, [.. loops]);
    }

    /// <summary>Time of the copy, without contention.</summary>
    public static NpuCost Cost(NpuConfiguration configuration, bool sourceInDram, bool destinationInDram, params ReadOnlySpan<CopyAxis> axes)
    {
        var bytes = Elements(axes);
        var (sourceRun, destinationRun) = (RunBytes(axes, axis => axis.SourceStride), RunBytes(axes, axis => axis.DestinationStride));
        var read = Side(configuration, sourceInDram, bytes / sourceRun, sourceRun);
        var write = Side(configuration, destinationInDram, bytes / destinationRun, destinationRun);
        return (read + write) with { Cycles = Math.Max(read.Cycles, write.Cycles) };
    }

    private static NpuCost Side(NpuConfiguration configuration, bool inDram, long runs, long bytes) =>
        inDram ? Timing.Transfer(configuration, runs, bytes, 0, 0) : Timing.Transfer(configuration, 0, 0, runs, bytes);

    /// <summary>Bytes of the box.</summary>
    public static long Elements(ReadOnlySpan<CopyAxis> axes)
    {
        var elements = 1L;
        foreach (var axis in axes)
        {
            elements *= axis.Extent;
        }

        return elements;
    }

    /// <summary>Bytes that follow one another on one side, whatever the order of the loops.</summary>
    private static long RunBytes(ReadOnlySpan<CopyAxis> axes, Func<CopyAxis, int> stride)
    {
        var run = 1L;
        foreach (var axis in axes.ToArray().Where(axis => axis.Extent > 1).OrderBy(stride))
        {
            if (stride(axis) != run)
            {
                break;
            }

            run *= axis.Extent;
        }

        return run;
    }

    private static (int Run, List<CopyAxis> Loops) Merge(ReadOnlySpan<CopyAxis> axes)
    {
        var loops = new List<CopyAxis>();
        for (var i = axes.Length - 1; i >= 0; i--)
        {
            if (axes[i].Extent == 1)
            {
                continue;
            }

            if (loops.Count > 0 && Continues(loops[^1], axes[i]))
            {
                loops[^1] = loops[^1] with { Extent = checked(loops[^1].Extent * axes[i].Extent) };
            }
            else
            {
                loops.Add(axes[i]);
            }
        }

        var run = 1;
        if (loops.Count > 0 && loops[0] is { SourceStride: 1, DestinationStride: 1 })
        {
            run = loops[0].Extent;
            loops.RemoveAt(0);
        }

        loops.Reverse();
        return (run, loops);
    }

    private static bool Continues(CopyAxis inner, CopyAxis outer) =>
        outer.SourceStride == (long)inner.SourceStride * inner.Extent && outer.DestinationStride == (long)inner.DestinationStride * inner.Extent;

    private static void EmitLoops(CommandStream stream, NpuEngine engine, Address source, Address destination, int run, ReadOnlySpan<CopyAxis> loops)
    {
        if (loops.Length > LoopsPerCommand)
        {
            for (var i = 0; i < loops[0].Extent; i++)
            {
                EmitLoops(stream, engine, source + ((long)i * loops[0].SourceStride), destination + ((long)i * loops[0].DestinationStride), run, loops[1..]);
            }

            return;
        }

        Span<CopyLoop> four = [CopyLoop.Once, CopyLoop.Once, CopyLoop.Once, CopyLoop.Once];
        var (sourceBytes, destinationBytes) = ((long)run, (long)run);
        for (var i = 0; i < loops.Length; i++)
        {
            four[LoopsPerCommand - loops.Length + i] = new CopyLoop(loops[i].Extent, loops[i].SourceStride, loops[i].DestinationStride);
            sourceBytes += (loops[i].Extent - 1L) * loops[i].SourceStride;
            destinationBytes += (loops[i].Extent - 1L) * loops[i].DestinationStride;
        }

        var copy = new Copy
        {
            Engine = engine, Source = source, Destination = destination, RunBytes = run,
            Loop0 = four[0], Loop1 = four[1], Loop2 = four[2], Loop3 = four[3],
        };
        stream.Add(copy, MemoryRange.Of(destination, destinationBytes), MemoryRange.Of(source, sourceBytes));
    }

    /// <summary>Appends a copy between a box of a map and a dense block of the same extents.</summary>
    public static void Box(CommandStream stream, Address map, Map shape, MapBox box, Address dense, bool toDense)
    {
        Span<int> extents = [box.Height, box.Width, box.Channels];
        Span<int> strides = [shape.RowStride, shape.PixelStride, 1];
        Span<int> denseStrides = [box.Width * box.Channels, box.Channels, 1];
        Span<CopyAxis> axes = stackalloc CopyAxis[3];
        for (var i = 0; i < axes.Length; i++)
        {
            axes[i] = toDense ? new(extents[i], strides[i], denseStrides[i]) : new(extents[i], denseStrides[i], strides[i]);
        }

        var start = map + box.OffsetIn(shape);
        var (source, destination) = toDense ? (start, dense) : (dense, start);
        Emit(stream, LayerWriter.DmaFor(source), source, destination, axes);
    }

    /// <summary>Time of <see cref="Box"/> with the map in DRAM.</summary>
    public static NpuCost BoxCost(NpuConfiguration configuration, Map shape, int height, int width, int channels)
    {
        var fullChannels = channels == shape.PixelStride || (width == 1 && height == 1);
        var fullRows = fullChannels && (long)width * channels == shape.RowStride;
        var elements = (long)height * width * channels;
        var run = fullRows || (fullChannels && height == 1) ? elements : fullChannels ? (long)width * channels : channels;
        return Timing.Transfer(configuration, elements / run, run, 1, elements);
    }
}

/// <summary>A box of a map: image, rows, columns and channels from-count.</summary>
internal readonly record struct MapBox(int Image, int Row, int Height, int Column, int Width, int Channel, int Channels)
{
    public int Bytes => checked(Height * Width * Channels);

    public long OffsetIn(Map map) =>
        ((long)Image * map.BatchStride) + ((long)Row * map.RowStride) + ((long)Column * map.PixelStride) + Channel;
}
