using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Npu.Streams;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>How the product of two activations is scaled and rounded.</summary>
internal sealed record ProductConstants(Quantization First, Quantization Second, Quantization Output, float Multiplier, (int Low, int High) Limits);

/// <summary>
/// Products of two activations: a batch of [rows × depth] and [depth × columns], maps of width rows or depth. Cut over the batch, columns
/// and rows; the second matrix's columns stay while the rows pass.
/// </summary>
internal sealed class MatrixProductLayer(GraphUnit unit, ProductConstants constants, Map first, Map second, Map output) : Layer(unit, [first, second], output)
{
    private readonly Map _first = first;
    private readonly Map _second = second;

    private int Depth => _first.Channels;

    public override NpuEngine Engine => NpuEngine.Mac;

    public override TilePlan? Plan(NpuConfiguration configuration, Residency residency, long budget)
    {
        bool[] resident = [residency.Contains(_first), residency.Contains(_second), residency.Contains(Output)];
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

    public override long SmallestWorkingSet(NpuConfiguration configuration) => Cuts().Min(cut => Buffers(cut, new bool[3]).Sum(buffer => buffer.AlignedBytes));

    /// <summary>Rows and columns of a tile. Two buffers of each matrix let engines overlap.</summary>
    private readonly record struct Cut(int Rows, int Columns, int Slots = 2);

    /// <summary>With two buffers of each matrix, then, where SRAM is very short, with one.</summary>
    private IEnumerable<Cut> Cuts() => DoubleCuts().Concat(DoubleCuts().Select(cut => cut with { Slots = 1 }));

    /// <summary>From whole matrices on, the longer side is halved.</summary>
    private IEnumerable<Cut> DoubleCuts()
    {
        var cut = new Cut(Output.Width, Output.Channels);
        yield return cut;
        while (cut.Rows > 1 || cut.Columns > 1)
        {
            cut = cut.Rows >= cut.Columns ? cut with { Rows = (cut.Rows + 1) / 2 } : cut with { Columns = (cut.Columns + 1) / 2 };
            yield return cut;
        }
    }

    private long Tiles(Cut cut) => (long)Output.Batch * ((Output.Width + cut.Rows - 1) / cut.Rows) * ((Output.Channels + cut.Columns - 1) / cut.Columns);

    private long[] Bytes(Cut cut) => [(long)cut.Rows * Depth, (long)Depth * cut.Columns, (long)cut.Rows * cut.Columns];

    private ImmutableArray<WorkBuffer> Buffers(Cut cut, bool[] resident)
    {
        var slots = SlotCount(cut);
        return [.. Bytes(cut).SelectMany((bytes, i) => Enumerable.Repeat(new WorkBuffer(bytes), resident[i] ? 0 : slots))];
    }

    private int SlotCount(Cut cut) => Tiles(cut) > 1 ? cut.Slots : 1;

    private long Estimate(NpuConfiguration configuration, Cut cut, bool[] resident)
    {
        var command = Command(FeatureMap.Dense(default, 1, cut.Rows, Depth), FeatureMap.Dense(default, 1, Depth, cut.Columns), FeatureMap.Dense(default, 1, cut.Rows, cut.Columns));
        var compute = CommandCost.Of(command, configuration).Cycles;
        var transfer = Bytes(cut).Where((_, i) => !resident[i]).Sum(bytes => Timing.Transfer(configuration, 1, bytes, 1, bytes).Cycles);
        return cut.Slots == 1 ? Tiles(cut) * (compute + transfer) : (Tiles(cut) * Math.Max(compute, transfer)) + Math.Min(compute, transfer);
    }

    private void Write(LayerWriter writer, ImmutableArray<Address> buffers, Cut cut, bool[] resident)
    {
        var (slots, tile, load) = (SlotCount(cut), 0, 0);
        int[] start = [0, resident[0] ? 0 : slots, (resident[0] ? 0 : slots) + (resident[1] ? 0 : slots)];
        for (var image = 0; image < Output.Batch; image++)
        {
            for (var column = 0; column < Output.Channels; column += cut.Columns)
            {
                var columns = Math.Min(cut.Columns, Output.Channels - column);
                var box = new MapBox(_second.Batch == 1 ? 0 : image, 0, 1, 0, Depth, column, columns);
                var second = Load(writer, _second, box, resident[1] ? null : buffers[start[1] + (load++ % slots)]);
                for (var row = 0; row < Output.Width; row += cut.Rows, tile++)
                {
                    var rows = Math.Min(cut.Rows, Output.Width - row);
                    var first = Load(writer, _first, new MapBox(_first.Batch == 1 ? 0 : image, 0, 1, row, rows, 0, Depth), resident[0] ? null : buffers[start[0] + (tile % slots)]);
                    Product(writer, first, second, new MapBox(image, 0, 1, row, rows, column, columns), resident[2] ? null : buffers[start[2] + (tile % slots)]);
                }
            }
        }
    }

    private static FeatureMap Load(LayerWriter writer, Map map, MapBox box, Address? buffer)
    {
        if (buffer is not { } address)
        {
            return box.In(map, writer.Locate(map));
        }

        RegionCopy.Box(writer.Stream, writer.Locate(map), map, box, address, toDense: true);
        return FeatureMap.Dense(address, box.Height, box.Width, box.Channels);
    }

    private void Product(LayerWriter writer, in FeatureMap first, in FeatureMap second, MapBox box, Address? buffer)
    {
        var target = buffer is { } address ? FeatureMap.Dense(address, 1, box.Width, box.Channels) : box.In(Output, writer.Locate(Output));
        writer.Stream.Add(Command(first, second, target), MemoryRange.Of(target), MemoryRange.Of(first), MemoryRange.Of(second));
        if (buffer is not null)
        {
            RegionCopy.Box(writer.Stream, writer.Locate(Output), Output, box, target.Address, toDense: false);
        }
    }

    private MatrixProduct Command(in FeatureMap first, in FeatureMap second, in FeatureMap target)
    {
        var (a, b, c) = (constants.First, constants.Second, constants.Output);
        return new MatrixProduct
        {
            First = first, Second = second, Output = target, ZeroPointA = a.ZeroPoint, ZeroPointB = b.ZeroPoint, OutputZeroPoint = c.ZeroPoint,
            Multiplier = constants.Multiplier, Minimum = constants.Limits.Low, Maximum = constants.Limits.High, Flags = AddKernel.PairFlags(a, b, c),
        };
    }
}
