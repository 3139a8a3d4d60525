using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Npu.Streams;
using EdgeAI.Hal.Npu;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>
/// Moves elements between two strided places by DMA: borders, layout changes, transposition, concatenation. Larger ones go in
/// parts, so that what reads the result can start on the first.
/// </summary>
internal sealed class CopyLayer(GraphUnit unit, Map source, Map target, ImmutableArray<CopyAxis> axes) : Layer(unit, [source], target)
{
    private const int MostParts = 8;
    private const int SmallestPartBytes = 4096;

    /// <summary>Copies a map to one of equal extents.</summary>
    public static CopyLayer Same(GraphUnit unit, Map source, Map target) =>
        new(unit, source, target, [.. source.Extents.Select((extent, i) => new CopyAxis(extent, source.Strides[i], target.Strides[i])), new CopyAxis(source.ElementBytes, 1, 1)]);

    public override NpuEngine Engine => NpuEngine.DmaIn;

    public override TilePlan? Plan(NpuConfiguration configuration, Residency residency, long budget)
    {
        var (fromDram, toDram) = (!residency.Contains(Inputs[0]), !residency.Contains(Output));
        var whole = RegionCopy.Cost(configuration, fromDram, toDram, [.. axes]);
        if (fromDram && toDram && StagedCopy.Plan(this, axes, configuration, budget) is { } staged && staged.Cycles < whole.Cycles)
        {
            return staged;
        }

        var best = (Axis: 0, Parts: 1, whole.Cycles);
        for (var axis = 0; axis < axes.Length; axis++)
        {
            var parts = (int)Math.Min(Math.Min(MostParts, axes[axis].Extent), RegionCopy.Elements(axes.AsSpan()) / SmallestPartBytes);
            var cycles = parts < 2 ? long.MaxValue : parts * RegionCopy.Cost(configuration, fromDram, toDram, [.. Part(axis, Chunk(axis, parts))]).Cycles;
            var bound = whole.Cycles + (whole.Cycles / MostParts);
            if (cycles <= bound && (best.Parts == 1 || parts > best.Parts || (parts == best.Parts && cycles < best.Cycles)))
            {
                best = (axis, parts, cycles);
            }
        }

        var isShared = best.Parts > 1 && best.Cycles > 2 * whole.DramCycles;
        return new TilePlan([], isShared ? best.Cycles / 2 : best.Cycles, (writer, _) => Write(writer, best.Axis, Chunk(best.Axis, best.Parts), isShared));
    }

    public override long CommandCount => RegionCopy.CommandCount(axes.AsSpan());

    public override long SmallestWorkingSet(NpuConfiguration configuration) => 0;

    private int Chunk(int axis, int parts) => (axes[axis].Extent + parts - 1) / parts;

    private ImmutableArray<CopyAxis> Part(int axis, int count) => axes.SetItem(axis, axes[axis] with { Extent = count });

    /// <summary>Writes the parts; where DRAM's bandwidth is not what bounds them, both DMA engines take turns.</summary>
    private void Write(LayerWriter writer, int axis, int chunk, bool isShared)
    {
        var (from, to) = (writer.Locate(Inputs[0]), writer.Locate(Output));
        for (var (part, start) = (0, 0); start < axes[axis].Extent; part++, start += chunk)
        {
            var engine = !isShared ? LayerWriter.DmaFor(from) : part % 2 == 0 ? NpuEngine.DmaIn : NpuEngine.DmaOut;
            RegionCopy.Emit(
                writer.Stream, engine, from + ((long)start * axes[axis].SourceStride), to + ((long)start * axes[axis].DestinationStride),
                Part(axis, Math.Min(chunk, axes[axis].Extent - start)).AsSpan());
        }
    }
}
