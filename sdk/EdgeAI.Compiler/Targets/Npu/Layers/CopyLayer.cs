using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Npu.Streams;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>
/// Moves elements between two strided places by DMA: borders, layout changes, transposition, concatenation. A side in DRAM
/// with short runs goes through SRAM, where the order is changed.
/// </summary>
internal sealed class CopyLayer(GraphUnit unit, Map source, Map target, ImmutableArray<CopyAxis> axes) : Layer(unit, [source], target)
{
    private readonly CopyAxis[] _axes = Merge(axes);

    /// <summary>Copies a map to one of equal extents.</summary>
    public static CopyLayer Same(GraphUnit unit, Map source, Map target) =>
        new(unit, source, target, [.. source.Extents.Select((extent, i) => new CopyAxis(extent, source.Strides[i], target.Strides[i]))]);

    public override TilePlan? Plan(NpuConfiguration configuration, Residency residency, long budget)
    {
        var (fromDram, toDram) = (!residency.Contains(Inputs[0]), !residency.Contains(Output));
        var direct = RegionCopy.Cost(configuration, fromDram, toDram, _axes).Cycles;
        var best = new TilePlan([], direct, WriteDirect);
        if (!fromDram && !toDram)
        {
            return best;
        }

        foreach (var tiling in Tilings().Where(tiling => StageBytes(tiling, fromDram, toDram) <= budget))
        {
            var staged = StagedCycles(configuration, tiling, fromDram, toDram);
            if (staged < best.Cycles)
            {
                best = new TilePlan(Buffers(tiling, fromDram, toDram), staged, (writer, addresses) => WriteStaged(writer, addresses, tiling, fromDram, toDram));
            }
        }

        return best;
    }

    public override long SmallestWorkingSet(NpuConfiguration configuration) => 0;

    /// <summary>The copy is cut along one axis into chunks.</summary>
    private readonly record struct Tiling(int Axis, int Chunk, int Tiles);

    private IEnumerable<Tiling> Tilings()
    {
        for (var axis = 0; axis < _axes.Length; axis++)
        {
            var last = 0;
            for (var parts = 1; parts <= _axes[axis].Extent; parts = Math.Max(parts + 1, parts * 3 / 2))
            {
                var chunk = (_axes[axis].Extent + parts - 1) / parts;
                if (chunk != last)
                {
                    yield return new Tiling(axis, chunk, (_axes[axis].Extent + chunk - 1) / chunk);
                    last = chunk;
                }
            }
        }
    }

    private long TileBytes(Tiling tiling) => RegionCopy.Elements(_axes) / _axes[tiling.Axis].Extent * tiling.Chunk;

    private ImmutableArray<WorkBuffer> Buffers(Tiling tiling, bool fromDram, bool toDram) =>
        [.. Enumerable.Repeat(new WorkBuffer(TileBytes(tiling)), Math.Min(2, tiling.Tiles) * ((fromDram ? 1 : 0) + (toDram ? 1 : 0)))];

    private long StageBytes(Tiling tiling, bool fromDram, bool toDram) => Buffers(tiling, fromDram, toDram).Sum(buffer => buffer.AlignedBytes);

    private long StagedCycles(NpuConfiguration configuration, Tiling tiling, bool fromDram, bool toDram)
    {
        var (load, reorder, store) = Stages(tiling.Chunk, tiling, fromDram, toDram);
        var loadCycles = fromDram ? RegionCopy.Cost(configuration, true, false, load).Cycles : 0;
        var storeCycles = toDram ? RegionCopy.Cost(configuration, false, true, store).Cycles : 0;
        var reorderCycles = RegionCopy.Cost(configuration, false, false, reorder).Cycles;
        var (dmaIn, dmaOut) = fromDram ? (loadCycles, reorderCycles + storeCycles) : (reorderCycles, storeCycles);
        return (tiling.Tiles * Math.Max(dmaIn, dmaOut)) + Math.Min(dmaIn, dmaOut);
    }

    /// <summary>The three copies of a tile: DRAM to a block in the source's order, that to a block in the target's order, that to DRAM.</summary>
    private (CopyAxis[] Load, CopyAxis[] Reorder, CopyAxis[] Store) Stages(int chunk, Tiling tiling, bool fromDram, bool toDram)
    {
        var extents = _axes.Select((axis, i) => i == tiling.Axis ? chunk : axis.Extent).ToArray();
        var sourceDense = DenseStrides(extents, axis => axis.SourceStride);
        var targetDense = DenseStrides(extents, axis => axis.DestinationStride);
        var order = Enumerable.Range(0, _axes.Length).ToArray();
        return (
            Sorted(i => new CopyAxis(extents[i], _axes[i].SourceStride, sourceDense[i]), i => sourceDense[i]),
            [.. order.Select(i => new CopyAxis(extents[i], fromDram ? sourceDense[i] : _axes[i].SourceStride, toDram ? targetDense[i] : _axes[i].DestinationStride))],
            Sorted(i => new CopyAxis(extents[i], targetDense[i], _axes[i].DestinationStride), i => targetDense[i]));

        CopyAxis[] Sorted(Func<int, CopyAxis> axis, Func<int, int> stride) => [.. order.OrderByDescending(stride).ThenBy(i => i).Select(axis)];
    }

    /// <summary>Strides of a dense block whose axes keep the order of one side.</summary>
    private int[] DenseStrides(int[] extents, Func<CopyAxis, int> stride)
    {
        var (result, next) = (new int[extents.Length], 1);
        foreach (var i in Enumerable.Range(0, extents.Length).OrderBy(i => stride(_axes[i])).ThenByDescending(i => i))
        {
            result[i] = next;
            next = checked(next * extents[i]);
        }

        return result;
    }

    private void WriteDirect(LayerWriter writer, ImmutableArray<Address> buffers)
    {
        var from = writer.Locate(Inputs[0]);
        RegionCopy.Emit(writer.Stream, LayerWriter.DmaFor(from), from, writer.Locate(Output), _axes);
    }

    private void WriteStaged(LayerWriter writer, ImmutableArray<Address> buffers, Tiling tiling, bool fromDram, bool toDram)
    {
        var slots = Math.Min(2, tiling.Tiles);
        var (from, to) = (writer.Locate(Inputs[0]), writer.Locate(Output));
        for (var tile = 0; tile < tiling.Tiles; tile++)
        {
            var start = tile * tiling.Chunk;
            var (load, reorder, store) = Stages(Math.Min(tiling.Chunk, _axes[tiling.Axis].Extent - start), tiling, fromDram, toDram);
            var sourceAt = from + ((long)start * _axes[tiling.Axis].SourceStride);
            var targetAt = to + ((long)start * _axes[tiling.Axis].DestinationStride);
            var input = fromDram ? buffers[tile % slots] : sourceAt;
            var result = toDram ? buffers[(fromDram ? slots : 0) + (tile % slots)] : targetAt;
            if (fromDram)
            {
                RegionCopy.Emit(writer.Stream, NpuEngine.DmaIn, sourceAt, input, load);
            }

            RegionCopy.Emit(writer.Stream, fromDram ? NpuEngine.DmaOut : NpuEngine.DmaIn, input, result, reorder);
            if (toDram)
            {
                RegionCopy.Emit(writer.Stream, NpuEngine.DmaOut, result, targetAt, store);
            }
        }
    }

    /// <summary>Drops axes of one turn and joins neighbours that continue each other on both sides.</summary>
    private static CopyAxis[] Merge(ImmutableArray<CopyAxis> axes)
    {
        var merged = new List<CopyAxis>();
        foreach (var axis in axes.Where(axis => axis.Extent != 1))
        {
            var joins = merged.Count > 0 && merged[^1] is var outer
                && outer.SourceStride == (long)axis.SourceStride * axis.Extent && outer.DestinationStride == (long)axis.DestinationStride * axis.Extent;
            if (joins)
            {
                merged[^1] = axis with { Extent = checked(merged[^1].Extent * axis.Extent) };
            }
            else
            {
                merged.Add(axis);
            }
        }

        return merged.Count > 0 ? [.. merged] : [new CopyAxis(1, 1, 1)];
    }
}
