using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Npu.Streams;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>
/// A change of layout between two places in DRAM by way of SRAM: parts come in as they lie, are scattered in SRAM, where a byte
/// costs no burst, and go out as they shall lie. Two buffers take turns.
/// </summary>
internal sealed class StagedCopy
{
    private const int BufferCount = 2;
    private const int LargestPartBytes = 32 * 1024;

    private readonly CopyLayer _layer;
    private readonly ImmutableArray<CopyAxis> _axes;
    private readonly int _axis;
    private readonly int _chunk;

    private StagedCopy(CopyLayer layer, ImmutableArray<CopyAxis> axes, int axis, int chunk) => (_layer, _axes, _axis, _chunk) = (layer, axes, axis, chunk);

    private int PartBytes => checked((int)RegionCopy.Elements(Part(_chunk).AsSpan()));

    /// <summary>The fastest way to cut the copy along one axis, or null where no part fits.</summary>
    public static TilePlan? Plan(CopyLayer layer, ImmutableArray<CopyAxis> axes, NpuConfiguration configuration, long budget)
    {
        var limit = Math.Min(LargestPartBytes, (budget / BufferCount) - WorkBuffer.Alignment);
        var elements = RegionCopy.Elements(axes.AsSpan());
        var cuts = Enumerable.Range(0, axes.Length)
            .Select(axis => (Axis: axis, Chunk: (int)Math.Min(axes[axis].Extent, limit / Math.Max(1, elements / axes[axis].Extent))))
            .Where(cut => cut.Chunk > 0)
            .Select(cut => new StagedCopy(layer, axes, cut.Axis, cut.Chunk))
            .Select(copy => (Copy: copy, Cycles: copy.Cycles(configuration)));
        var best = cuts.OrderBy(cut => cut.Cycles).FirstOrDefault();
        return best.Copy is not { } chosen ? null
            : new TilePlan([.. Enumerable.Repeat(new WorkBuffer(chosen.PartBytes), BufferCount)], best.Cycles, chosen.Write);
    }

    /// <summary>The slower of the two directions, which run side by side, and the first part's way in.</summary>
    private long Cycles(NpuConfiguration configuration)
    {
        var parts = (_axes[_axis].Extent + _chunk - 1) / _chunk;
        var inward = RegionCopy.Cost(configuration, true, false, Inward(_chunk)).Cycles;
        var outward = RegionCopy.Cost(configuration, false, true, Outward(_chunk)).Cycles;
        return checked((parts * Math.Max(inward, outward)) + Math.Min(inward, outward));
    }

    private void Write(LayerWriter writer, ImmutableArray<Address> buffers)
    {
        var (from, to) = (writer.Locate(_layer.Inputs[0]), writer.Locate(_layer.Output));
        for (var (part, start) = (0, 0); start < _axes[_axis].Extent; part++, start += _chunk)
        {
            var count = Math.Min(_chunk, _axes[_axis].Extent - start);
            var buffer = buffers[part % BufferCount];
            RegionCopy.Emit(writer.Stream, NpuEngine.DmaIn, from + ((long)start * _axes[_axis].SourceStride), buffer, Inward(count));
            RegionCopy.Emit(writer.Stream, NpuEngine.DmaOut, buffer, to + ((long)start * _axes[_axis].DestinationStride), Outward(count));
        }
    }

    private ImmutableArray<CopyAxis> Part(int count) => _axes.SetItem(_axis, _axes[_axis] with { Extent = count });

    private CopyAxis[] Inward(int count) => [.. Part(count).Zip(DenseStrides(count), (axis, dense) => axis with { DestinationStride = dense })];

    private CopyAxis[] Outward(int count) => [.. Part(count).Zip(DenseStrides(count), (axis, dense) => axis with { SourceStride = dense })];

    /// <summary>Strides of a part that lies dense in SRAM, in the order in which it goes out.</summary>
    private int[] DenseStrides(int count)
    {
        var part = Part(count);
        var strides = new int[part.Length];
        var stride = 1;
        foreach (var axis in Enumerable.Range(0, part.Length).OrderBy(axis => part[axis].DestinationStride).ThenByDescending(axis => axis))
        {
            strides[axis] = stride;
            stride = checked(stride * part[axis].Extent);
        }

        return strides;
    }
}
