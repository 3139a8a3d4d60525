using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Npu.Streams;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>Finds the fastest tiling of a window layer that fits a budget of SRAM.</summary>
internal sealed class WindowTilingSearch(WindowLayer layer, NpuConfiguration configuration, bool inputResident, bool outputResident)
{
    private readonly Map _input = layer.Inputs[0];
    private readonly Map _output = layer.Output;

    /// <summary>The tiling of least estimated time, or null when none fits.</summary>
    public WindowTiling? Best(long budget) =>
        Best(budget, Candidates()) ?? Best(budget, Candidates().Select(tiling => tiling with { IsDoubleBuffered = false }));

    private WindowTiling? Best(long budget, IEnumerable<WindowTiling> candidates)
    {
        var (best, least) = (default(WindowTiling?), long.MaxValue);
        foreach (var tiling in candidates)
        {
            if (Buffers(tiling).Sum(buffer => buffer.AlignedBytes) <= budget && Estimate(tiling) is var cycles && cycles < least)
            {
                (best, least) = (tiling, cycles);
            }
        }

        return best;
    }

    public long SmallestWorkingSet() => Candidates().Min(tiling => Buffers(tiling with { IsDoubleBuffered = false }).Sum(buffer => buffer.AlignedBytes));

    public TilePlan PlanOf(WindowTiling tiling) =>
        new(Buffers(tiling), Estimate(tiling), new WindowTileWriter(layer, tiling, inputResident, outputResident).Write);

    private IEnumerable<WindowTiling> Candidates()
    {
        var (rows, columns) = (Cuts(_output.Height), Cuts(_output.Width));
        foreach (var channels in layer.Kernel.TileSizes(configuration))
        {
            foreach (var outside in (bool[])[true, false])
            {
                foreach (var row in rows)
                {
                    yield return new WindowTiling(row, _output.Width, channels, outside);
                }

                foreach (var column in columns.Skip(1))
                {
                    yield return new WindowTiling(1, column, channels, outside);
                }
            }
        }
    }

    /// <summary>An extent in 1, 2, 3 … equal parts: the sizes that differ, thinned out towards many parts.</summary>
    private static List<int> Cuts(int extent)
    {
        var sizes = new List<int>();
        for (var parts = 1; parts <= extent; parts = Math.Max(parts + 1, parts * 5 / 4))
        {
            var size = (extent + parts - 1) / parts;
            if (sizes.Count == 0 || sizes[^1] != size)
            {
                sizes.Add(size);
            }
        }

        if (sizes[^1] != 1)
        {
            sizes.Add(1);
        }

        return sizes;
    }

    /// <summary>Constants, input and output buffers; two of each where there is more than one tile to pass through.</summary>
    private ImmutableArray<WorkBuffer> Buffers(WindowTiling tiling)
    {
        var slots = SlotCounts(layer, tiling, inputResident, outputResident);
        var first = layer.Kernel.Split(tiling.Channels)[0];
        var (height, width) = layer.LargestInput(tiling.Rows, tiling.Columns);
        var buffers = ImmutableArray.CreateBuilder<WorkBuffer>(6);
        Add(slots.Constants, layer.Kernel.ConstantBytes(first), holdsConstants: true);
        Add(slots.Inputs, (long)height * width * first.Inputs, holdsConstants: false);
        Add(slots.Outputs, (long)tiling.Rows * tiling.Columns * first.Outputs, holdsConstants: false);
        return buffers.DrainToImmutable();

        void Add(int count, long bytes, bool holdsConstants)
        {
            for (var i = 0; i < count; i++)
            {
                buffers.Add(new WorkBuffer(bytes, holdsConstants));
            }
        }
    }

    /// <summary>How many buffers the constants, inputs and outputs pass through.</summary>
    public static (int Constants, int Inputs, int Outputs) SlotCounts(WindowLayer layer, WindowTiling tiling, bool inputResident, bool outputResident)
    {
        var counts = Counts(layer, tiling);
        var constants = layer.Kernel.ConstantBytes(layer.Kernel.Split(tiling.Channels)[0]) > 0 ? Slots(counts.ConstantLoads) : 0;
        return (constants, inputResident ? 0 : Slots(counts.InputLoads), outputResident ? 0 : Slots(counts.Tiles));

        int Slots(long uses) => (int)Math.Min(uses, tiling.IsDoubleBuffered ? 2 : 1);
    }

    private static (long Tiles, long ConstantLoads, long InputLoads) Counts(WindowLayer layer, WindowTiling tiling)
    {
        var output = layer.Output;
        var spatial = output.Batch * Parts(output.Height, tiling.Rows) * Parts(output.Width, tiling.Columns);
        var blocks = layer.Kernel.Split(tiling.Channels).Length;
        var inputLoads = layer.Kernel.ReadsOwnChannels || (tiling.ChannelsOutside && spatial > 1) ? spatial * blocks : spatial;
        return (spatial * blocks, tiling.ChannelsOutside || blocks == 1 ? blocks : spatial * blocks, inputLoads);
    }

    private static long Parts(int extent, int size) => (extent + size - 1) / size;

    /// <summary>The busiest engine's cycles plus what cannot overlap: the first tile's loads and the last one's store.</summary>
    private long Estimate(WindowTiling tiling)
    {
        var counts = Counts(layer, tiling);
        var tiles = layer.Kernel.Split(tiling.Channels);
        var spatial = counts.Tiles / tiles.Length;
        var (mac, load, store, dram) = (0L, 0L, 0L, 0L);
        var (height, width) = layer.LargestInput(tiling.Rows, tiling.Columns);
        foreach (var group in tiles.GroupBy(tile => tile.Outputs))
        {
            var (tile, count) = (group.First(), group.Count());
            mac += count * ComputeCycles(tiling, tile);
            var constants = layer.Kernel.ConstantBytes(tile) is > 0 and var bytes ? Timing.Transfer(configuration, 1, bytes, 1, bytes) : default;
            var input = inputResident ? default : RegionCopy.BoxCost(configuration, _input, height, width, tile.Inputs);
            var output = outputResident ? default : RegionCopy.BoxCost(configuration, _output, tiling.Rows, tiling.Columns, tile.Outputs);
            load += (count * counts.ConstantLoads / tiles.Length * constants.Cycles) + (count * counts.InputLoads / tiles.Length * input.Cycles);
            store += count * spatial * output.Cycles;
            dram += (count * counts.ConstantLoads / tiles.Length * constants.DramCycles)
                + (count * counts.InputLoads / tiles.Length * input.DramCycles) + (count * spatial * output.DramCycles);
        }

        var (firstLoad, lastStore) = (load / Math.Max(1, Math.Max(counts.InputLoads, counts.ConstantLoads)), store / counts.Tiles);
        return !tiling.IsDoubleBuffered ? mac + load + store
            : Math.Max(Math.Max(mac, dram), Math.Max(load, store)) + firstLoad + lastStore;
    }

    private long ComputeCycles(WindowTiling tiling, ChannelTile tile)
    {
        var (rows, columns) = (_output.Height / tiling.Rows, _output.Width / tiling.Columns);
        var (lastRow, lastColumn) = (_output.Height % tiling.Rows, _output.Width % tiling.Columns);
        var cycles = (long)rows * columns * Cycles(tiling.Rows * (long)tiling.Columns);
        cycles += lastRow > 0 ? columns * Cycles(lastRow * (long)tiling.Columns) : 0;
        cycles += lastColumn > 0 ? rows * Cycles(lastColumn * (long)tiling.Rows) : 0;
        cycles += lastRow > 0 && lastColumn > 0 ? Cycles((long)lastRow * lastColumn) : 0;
        return cycles * _output.Batch;

        long Cycles(long pixels) => layer.Kernel.Cost(configuration, tile, pixels).Cycles;
    }
}
