using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Npu.Streams;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>What makes output pixels of input pixels that a table names.</summary>
internal abstract class ResampleKernel
{
    /// <summary>Bytes of the table per output row and per output column.</summary>
    public abstract int EntryBytes { get; }

    /// <summary>The input rows that an output row reads; (0, −1) for none.</summary>
    public abstract (int First, int Last) RowsOf(int row);

    /// <summary>The table of some output rows over a map that begins at an input row, and of all columns.</summary>
    public abstract void WriteTable(Span<byte> table, int firstRow, int rows, int inputRow);

    public abstract ICommand Command(in FeatureMap input, in FeatureMap output, Address table);
}

/// <summary>Picks or mixes rows and columns by tables, in tiles of whole rows and some channels.</summary>
internal sealed class ResampleLayer(GraphUnit unit, ResampleKernel kernel, Map input, Map output) : Layer(unit, [input], output)
{
    public override NpuEngine Engine => NpuEngine.Vector;

    public override TilePlan? Plan(NpuConfiguration configuration, Residency residency, long budget)
    {
        var resident = new Resident(residency.Contains(Inputs[0]), residency.Contains(Output));
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

    public override long SmallestWorkingSet(NpuConfiguration configuration) => Cuts().Min(cut => Buffers(cut, default).Sum(buffer => buffer.AlignedBytes));

    private readonly record struct Resident(bool Input, bool Output);

    /// <summary>Output rows and channels of a tile. Two buffers of each sort let engines overlap.</summary>
    private readonly record struct Cut(int Rows, int Channels, int Slots = 2);

    /// <summary>With two buffers of each sort, then, where SRAM is very short, with one.</summary>
    private IEnumerable<Cut> Cuts() => DoubleCuts().Concat(DoubleCuts().Select(cut => cut with { Slots = 1 }));

    private IEnumerable<Cut> DoubleCuts()
    {
        for (var rows = Output.Height; ; rows = (rows + 1) / 2)
        {
            yield return new Cut(rows, Output.Channels);
            if (rows == 1)
            {
                break;
            }
        }

        for (var channels = Output.Channels; channels > 1;)
        {
            channels = (channels + 1) / 2;
            yield return new Cut(1, channels);
        }
    }

    private int Tiles(Cut cut) => Output.Batch * ((Output.Height + cut.Rows - 1) / cut.Rows) * ((Output.Channels + cut.Channels - 1) / cut.Channels);

    private ImmutableArray<WorkBuffer> Buffers(Cut cut, Resident resident)
    {
        var slots = SlotCount(cut);
        var table = new WorkBuffer((long)kernel.EntryBytes * (cut.Rows + Output.Width), HoldsConstants: true);
        var source = new WorkBuffer((long)LargestInput(cut.Rows) * Inputs[0].Width * cut.Channels);
        var target = new WorkBuffer((long)cut.Rows * Output.Width * cut.Channels);
        return
        [
            .. Enumerable.Repeat(table, slots), .. Enumerable.Repeat(source, resident.Input ? 0 : slots), .. Enumerable.Repeat(target, resident.Output ? 0 : slots),
        ];
    }

    private int SlotCount(Cut cut) => Tiles(cut) > 1 ? cut.Slots : 1;

    private int LargestInput(int rows) => Enumerable.Range(0, (Output.Height + rows - 1) / rows).Max(i => InputRows(i * rows, Math.Min(rows, Output.Height - (i * rows))).Count);

    private (int First, int Count) InputRows(int start, int count)
    {
        var (first, last) = (int.MaxValue, -1);
        for (var row = start; row < start + count; row++)
        {
            var (from, to) = kernel.RowsOf(row);
            (first, last) = to < from ? (first, last) : (Math.Min(first, from), Math.Max(last, to));
        }

        return last < 0 ? (0, 1) : (first, last - first + 1);
    }

    private long Estimate(NpuConfiguration configuration, Cut cut, Resident resident)
    {
        var (rows, elements) = (LargestInput(cut.Rows), (long)cut.Rows * Output.Width * cut.Channels);
        var command = kernel.Command(FeatureMap.Dense(default, rows, Inputs[0].Width, cut.Channels), FeatureMap.Dense(default, cut.Rows, Output.Width, cut.Channels), default);
        var compute = CommandCost.Of(command, configuration).Cycles;
        var source = (long)rows * Inputs[0].Width * cut.Channels;
        var transfer = (resident.Input ? 0 : Timing.Transfer(configuration, 1, source, 1, source).Cycles) + (resident.Output ? 0 : Timing.Transfer(configuration, 1, elements, 1, elements).Cycles);
        return cut.Slots == 1 ? Tiles(cut) * (compute + transfer) : (Tiles(cut) * Math.Max(compute, transfer)) + Math.Min(compute, transfer);
    }

    private void Write(LayerWriter writer, ImmutableArray<Address> buffers, Cut cut, Resident resident)
    {
        var tile = 0;
        for (var image = 0; image < Output.Batch; image++)
        {
            for (var row = 0; row < Output.Height; row += cut.Rows)
            {
                for (var channel = 0; channel < Output.Channels; channel += cut.Channels, tile++)
                {
                    var box = new MapBox(image, row, Math.Min(cut.Rows, Output.Height - row), 0, Output.Width, channel, Math.Min(cut.Channels, Output.Channels - channel));
                    WriteTile(writer, new Slots(buffers, SlotCount(cut), tile), box, resident);
                }
            }
        }
    }

    /// <summary>The buffers of one tile among those that take turns.</summary>
    private readonly record struct Slots(ImmutableArray<Address> Buffers, int Count, int Tile)
    {
        public Address At(int sort) => Buffers[(sort * Count) + (Tile % Count)];
    }

    private void WriteTile(LayerWriter writer, Slots slots, MapBox box, Resident resident)
    {
        var (first, count) = InputRows(box.Row, box.Height);
        var source = box with { Row = first, Height = count, Width = Inputs[0].Width };
        var bytes = kernel.EntryBytes * (box.Height + Output.Width);
        var table = writer.Constants.Add(bytes, destination => kernel.WriteTable(destination, box.Row, box.Height, first));
        RegionCopy.Emit(writer.Stream, LayerWriter.DmaFor(table), table, slots.At(0), new CopyAxis(bytes, 1, 1));
        var from = resident.Input ? source.In(Inputs[0], writer.Locate(Inputs[0])) : FeatureMap.Dense(slots.At(1), source.Height, source.Width, source.Channels);
        if (!resident.Input)
        {
            RegionCopy.Box(writer.Stream, writer.Locate(Inputs[0]), Inputs[0], source, from.Address, toDense: true);
        }

        var to = resident.Output ? box.In(Output, writer.Locate(Output)) : FeatureMap.Dense(slots.At(resident.Input ? 1 : 2), box.Height, box.Width, box.Channels);
        writer.Stream.Add(kernel.Command(from, to, slots.At(0)), MemoryRange.Of(to), MemoryRange.Of(from), MemoryRange.Of(slots.At(0), bytes));
        if (!resident.Output)
        {
            RegionCopy.Box(writer.Stream, writer.Locate(Output), Output, box, to.Address, toDense: false);
        }
    }
}
