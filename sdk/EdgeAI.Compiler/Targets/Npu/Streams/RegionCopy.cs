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

    /// <summary>Appends the copy.</summary>
    public static void Emit(CommandStream stream, NpuEngine engine, Address source, Address destination, params ReadOnlySpan<CopyAxis> axes)
    {
        foreach (var copy in Commands(engine, source, destination, axes))
        {
            stream.Add(copy, MemoryRange.Of(copy.Destination, Span(copy, loop => loop.DestinationStride)), MemoryRange.Of(copy.Source, Span(copy, loop => loop.SourceStride)));
        }
    }

    /// <summary>Time of the copy, without contention.</summary>
    public static NpuCost Cost(NpuConfiguration configuration, bool sourceInDram, bool destinationInDram, params ReadOnlySpan<CopyAxis> axes)
    {
        var (source, destination) = (new Address(sourceInDram ? Region.Scratch : Region.Sram, 0), new Address(destinationInDram ? Region.Scratch : Region.Sram, 0));
        return Commands(NpuEngine.DmaIn, source, destination, axes).Aggregate(default(NpuCost), (sum, copy) => sum + CommandCost.Of(copy, configuration));
    }

    /// <summary>Commands that a copy takes: the loops that one cannot hold are written out.</summary>
    public static long CommandCount(ReadOnlySpan<CopyAxis> axes)
    {
        var (_, loops) = Merge(axes);
        return loops.SkipLast(LoopsPerCommand).Aggregate(1L, (product, loop) => product * loop.Extent);
    }

    private static List<Copy> Commands(NpuEngine engine, Address source, Address destination, ReadOnlySpan<CopyAxis> axes)
    {
        var (run, loops) = Merge(axes);
        var commands = new List<Copy>();
        AddLoops(commands, new Copy { Engine = engine, Source = source, Destination = destination, RunBytes = run }, [.. loops]);
        return commands;
    }

    /// <summary>Bytes from the first to the last that one side touches.</summary>
    private static long Span(in Copy copy, Func<CopyLoop, long> stride)
    {
        ReadOnlySpan<CopyLoop> loops = [copy.Loop0, copy.Loop1, copy.Loop2, copy.Loop3];
        var bytes = (long)copy.RunBytes;
        foreach (var loop in loops)
        {
            bytes += (loop.Count - 1) * stride(loop);
        }

        return bytes;
    }

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

    private static void AddLoops(List<Copy> commands, Copy copy, ReadOnlySpan<CopyAxis> loops)
    {
        if (loops.Length > LoopsPerCommand)
        {
            for (var i = 0; i < loops[0].Extent; i++)
            {
                var (source, destination) = (copy.Source + ((long)i * loops[0].SourceStride), copy.Destination + ((long)i * loops[0].DestinationStride));
                AddLoops(commands, copy with { Source = source, Destination = destination }, loops[1..]);
            }

            return;
        }

        Span<CopyLoop> four = [CopyLoop.Once, CopyLoop.Once, CopyLoop.Once, CopyLoop.Once];
        for (var i = 0; i < loops.Length; i++)
        {
            four[LoopsPerCommand - loops.Length + i] = new CopyLoop(loops[i].Extent, loops[i].SourceStride, loops[i].DestinationStride);
        }

        commands.Add(copy with { Loop0 = four[0], Loop1 = four[1], Loop2 = four[2], Loop3 = four[3] });
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

    /// <summary>The box where it lies, in a map at an address.</summary>
    public FeatureMap In(Map map, Address address) => new()
    {
        Address = address + OffsetIn(map), Height = Height, Width = Width, Channels = Channels,
        RowStride = map.RowStride, PixelStride = map.PixelStride, ChannelStride = 1,
    };

    public long OffsetIn(Map map) =>
        ((long)Image * map.BatchStride) + ((long)Row * map.RowStride) + ((long)Column * map.PixelStride) + Channel;
}
