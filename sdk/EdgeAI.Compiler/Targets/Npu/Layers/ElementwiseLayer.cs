using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Npu.Streams;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>Element-wise work on the vector unit: the common index space is merged as far as strides allow and cut along one axis.</summary>
internal sealed class ElementwiseLayer : Layer
{
    private const int CommandAxes = 3;
    private const int LargestChunk = 1 << 18;
    private readonly ElementwiseKernel _kernel;
    private readonly Map[] _maps;
    private readonly List<Axis> _axes;

    public ElementwiseLayer(GraphUnit unit, ElementwiseKernel kernel, ImmutableArray<Map> inputs, Map output)
        : base(unit, inputs, output)
    {
        (_kernel, _maps) = (kernel, [.. inputs, output]);
        _axes = Merge(_maps, kernel.NeedsWholePixels);
    }

    public override NpuEngine Engine => NpuEngine.Vector;

    public override bool WritesInPlace => true;

    public override TilePlan? Plan(NpuConfiguration configuration, Residency residency, long budget)
    {
        var resident = _maps.Select(residency.Contains).ToArray();
        foreach (var cut in Cuts())
        {
            var buffers = Buffers(cut, resident);
            if (buffers.Sum(buffer => buffer.AlignedBytes) <= budget)
            {
                return new TilePlan(buffers, Estimate(configuration, cut, resident), (writer, addresses) => Write(writer, addresses, cut, resident));
            }
        }

        return null;
    }

    public override long SmallestWorkingSet(NpuConfiguration configuration) =>
        Cuts().Min(cut => Buffers(cut, new bool[_maps.Length]).Sum(buffer => buffer.AlignedBytes));

    /// <summary>An axis of the merged index space: extent and stride of each map, 0 where it is broadcast.</summary>
    private sealed record Axis(int Extent, int[] Strides);

    /// <summary>Axes up to <paramref name="At"/> are looped over, that one in chunks; the inner ones are whole in each tile. Two buffers of each map let engines overlap.</summary>
    private readonly record struct Cut(int At, int Chunk, int Slots = 2);

    /// <summary>Merges neighbouring axes; the last one keeps the stride of an element (or 0), and whole pixels stay by themselves.</summary>
    private static List<Axis> Merge(Map[] maps, bool keepsPixels)
    {
        var output = maps[^1];
        var axes = new List<Axis>();
        for (var i = 3; i >= 0; i--)
        {
            var strides = maps.Select(map => map.Extents[i] == 1 ? 0 : map.Strides[i]).ToArray();
            var isPixel = keepsPixels && i == TensorAxes.MapRank - 1;
            if (output.Extents[i] == 1 && !isPixel)
            {
                continue;
            }

            var isFree = !keepsPixels || axes.Count > 1;
            var inner = axes.Count > 0 ? axes[^1] : null;
            if (inner is not null && isFree && maps.Select((_, m) => strides[m] == (long)inner.Strides[m] * inner.Extent).All(same => same))
            {
                axes[^1] = inner with { Extent = checked(inner.Extent * output.Extents[i]) };
            }
            else
            {
                axes.Add(new Axis(output.Extents[i], strides));
            }
        }

        if (axes.Count == 0 || (axes[0].Strides[^1] != output.ElementBytes && !keepsPixels))
        {
            axes.Insert(0, new Axis(1, new int[maps.Length]));
        }

        axes.Reverse();
        return axes;
    }

    /// <summary>With two buffers of each map, then, where SRAM is very short, with one.</summary>
    private IEnumerable<Cut> Cuts() => DoubleCuts().Concat(DoubleCuts().Select(cut => cut with { Slots = 1 }));

    /// <summary>Cuts from the largest tiles to single elements. Leading axes that a command cannot hold are always looped over.</summary>
    private IEnumerable<Cut> DoubleCuts()
    {
        var end = _kernel.NeedsWholePixels ? _axes.Count - 1 : _axes.Count;
        if (end == 0)
        {
            yield return new Cut(0, _axes[0].Extent);
            yield break;
        }

        for (var at = Math.Max(0, _axes.Count - CommandAxes); at < end; at++)
        {
            for (var parts = (_axes[at].Extent + LargestChunk - 1) / LargestChunk; parts <= _axes[at].Extent; parts *= 2)
            {
                yield return new Cut(at, (_axes[at].Extent + parts - 1) / parts);
            }
        }

        yield return new Cut(end - 1, 1);
    }

    private long TileBytes(Cut cut, int map)
    {
        var bytes = _maps[map].ElementBytes * (_axes[cut.At].Strides[map] == 0 && map < _maps.Length - 1 ? 1L : cut.Chunk);
        for (var i = cut.At + 1; i < _axes.Count; i++)
        {
            bytes *= _axes[i].Strides[map] == 0 ? 1 : _axes[i].Extent;
        }

        return bytes;
    }

    private long Tiles(Cut cut)
    {
        var tiles = (_axes[cut.At].Extent + cut.Chunk - 1L) / cut.Chunk;
        for (var i = 0; i < cut.At; i++)
        {
            tiles *= _axes[i].Extent;
        }

        return tiles;
    }

    private ImmutableArray<WorkBuffer> Buffers(Cut cut, bool[] resident)
    {
        var buffers = ImmutableArray.CreateBuilder<WorkBuffer>();
        if (_kernel.ConstantBytes > 0)
        {
            buffers.Add(new WorkBuffer(_kernel.ConstantBytes, HoldsConstants: true));
        }

        for (var map = 0; map < _maps.Length; map++)
        {
            for (var slot = 0; !resident[map] && slot < SlotCount(cut); slot++)
            {
                buffers.Add(new WorkBuffer(TileBytes(cut, map)));
            }
        }

        return buffers.DrainToImmutable();
    }

    private int SlotCount(Cut cut) => Tiles(cut) > 1 ? cut.Slots : 1;

    private long Estimate(NpuConfiguration configuration, Cut cut, bool[] resident)
    {
        var tiles = Tiles(cut);
        var tile = new Tile(new int[cut.At], cut.At, 0, cut.Chunk);
        var maps = Enumerable.Range(0, _maps.Length).Select(map => View(default, tile, map, dense: !resident[map])).ToArray();
        var compute = CommandCost.Of(_kernel.Command(maps.AsSpan(0, maps.Length - 1), maps[^1], default), configuration).Cycles;
        var transfers = _maps.Select((_, map) => resident[map] ? 0 : TileBytes(cut, map)).Where(bytes => bytes > 0)
            .Sum(bytes => Timing.Transfer(configuration, 1, bytes, 1, bytes).Cycles);
        return cut.Slots == 1 ? tiles * (compute + transfers) : (tiles * Math.Max(compute, transfers)) + Math.Min(compute, transfers);
    }

    private void Write(LayerWriter writer, ImmutableArray<Address> buffers, Cut cut, bool[] resident)
    {
        var slots = SlotCount(cut);
        var constants = WriteConstants(writer, buffers);
        var index = new int[cut.At];
        for (var tile = 0; ; tile++)
        {
            for (var start = 0; start < _axes[cut.At].Extent; start += cut.Chunk, tile++)
            {
                WriteTile(writer, Select(buffers, resident, slots, tile), constants, new Tile(index, cut.At, start, Math.Min(cut.Chunk, _axes[cut.At].Extent - start)));
            }

            tile--;
            if (!Advance(index))
            {
                return;
            }
        }
    }

    private bool Advance(int[] index)
    {
        for (var i = index.Length - 1; i >= 0; i--)
        {
            if (++index[i] < _axes[i].Extent)
            {
                return true;
            }

            index[i] = 0;
        }

        return false;
    }

    private Address WriteConstants(LayerWriter writer, ImmutableArray<Address> buffers)
    {
        if (_kernel.ConstantBytes == 0)
        {
            return default;
        }

        var source = writer.Constants.Add(_kernel.ConstantBytes, _kernel.WriteConstants);
        RegionCopy.Emit(writer.Stream, LayerWriter.DmaFor(source), source, buffers[0], new CopyAxis(_kernel.ConstantBytes, 1, 1));
        return buffers[0];
    }

    /// <summary>Per map the buffer of this tile, or null where the map is in SRAM itself.</summary>
    private Address?[] Select(ImmutableArray<Address> buffers, bool[] resident, int slots, int tile)
    {
        var at = _kernel.ConstantBytes > 0 ? 1 : 0;
        var result = new Address?[_maps.Length];
        for (var map = 0; map < _maps.Length; map++)
        {
            if (!resident[map])
            {
                result[map] = buffers[at + (tile % slots)];
                at += slots;
            }
        }

        return result;
    }

    private readonly record struct Tile(int[] Outer, int At, int Start, int Count);

    private void WriteTile(LayerWriter writer, Address?[] buffers, Address constants, Tile tile)
    {
        var maps = new FeatureMap[_maps.Length];
        for (var m = 0; m < _maps.Length; m++)
        {
            var place = writer.Locate(_maps[m]) + OffsetOf(tile, m);
            maps[m] = buffers[m] is { } buffer ? View(buffer, tile, m, dense: true) : View(place, tile, m, dense: false);
            if (m < _maps.Length - 1 && buffers[m] is { } target)
            {
                RegionCopy.Emit(writer.Stream, LayerWriter.DmaFor(place), place, target, Box(tile, m, toDense: true));
            }
        }

        var command = _kernel.Command(maps.AsSpan(0, maps.Length - 1), maps[^1], constants);
        var reads = maps[..^1].Select((map, m) => MemoryRange.Of(map, _maps[m].ElementBytes)).Append(MemoryRange.Of(constants, _kernel.ConstantBytes)).ToArray();
        writer.Stream.Add(command, MemoryRange.Of(maps[^1], Output.ElementBytes), reads);
        if (buffers[^1] is { } result)
        {
            RegionCopy.Emit(writer.Stream, LayerWriter.DmaFor(result), result, writer.Locate(Output) + OffsetOf(tile, _maps.Length - 1), Box(tile, _maps.Length - 1, toDense: false));
        }
    }

    private long OffsetOf(Tile tile, int map)
    {
        var offset = (long)tile.Start * _axes[tile.At].Strides[map];
        for (var i = 0; i < tile.At; i++)
        {
            offset += (long)tile.Outer[i] * _axes[i].Strides[map];
        }

        return offset;
    }

    private int ExtentIn(Tile tile, int axis) => axis == tile.At ? tile.Count : _axes[axis].Extent;

    /// <summary>The tile's part of a map as a copy; broadcast axes turn once.</summary>
    private CopyAxis[] Box(Tile tile, int map, bool toDense)
    {
        var dense = _maps[map].ElementBytes;
        var box = new CopyAxis[_axes.Count - tile.At + 1];
        box[^1] = new CopyAxis(dense, 1, 1);
        for (var i = _axes.Count - 1; i >= tile.At; i--)
        {
            var (stride, extent) = (_axes[i].Strides[map], _axes[i].Strides[map] == 0 ? 1 : ExtentIn(tile, i));
            box[i - tile.At] = toDense ? new(extent, stride, dense) : new(extent, dense, stride);
            dense = checked(dense * extent);
        }

        return box;
    }

    private FeatureMap View(Address address, Tile tile, int map, bool dense)
    {
        Span<(int Extent, int Stride)> last = [(1, 0), (1, 0), (1, 0)];
        var element = _maps[map].ElementBytes;
        var next = element;
        for (var i = _axes.Count - 1; i >= tile.At; i--)
        {
            var (stride, extent) = (_axes[i].Strides[map], ExtentIn(tile, i));
            last[CommandAxes - (_axes.Count - i)] = (extent, stride == 0 ? 0 : dense ? next : stride);
            next = checked(next * (stride == 0 ? 1 : extent));
        }

        return new FeatureMap
        {
            Address = address, Height = last[0].Extent, Width = last[1].Extent, Channels = last[2].Extent,
            RowStride = last[0].Stride, PixelStride = last[1].Stride, ChannelStride = last[2].Extent == 1 && last[2].Stride == 0 ? element : last[2].Stride,
        };
    }
}
