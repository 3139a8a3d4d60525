using System.Collections.Immutable;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>How a window layer is cut.</summary>
/// <param name="Channels">Over output channels.</param>
/// <param name="Area">Over rows and columns.</param>
/// <param name="Costs">What its tiles cost.</param>
/// <param name="ChannelsOutside">True: all areas of one channel tile, then the next one (weights pass once); false: the other way (inputs pass once).</param>
/// <param name="Depth">Buffers of each sort: 2 let engines overlap, 1 where SRAM is short.</param>
/// <param name="ConstantDepth">Buffers of constants where there are more, so that weights can come early.</param>
internal sealed record WindowTiling(ChannelCut Channels, AreaCut Area, WindowCosts Costs, bool ChannelsOutside, int Depth, int ConstantDepth = 0);

/// <summary>Finds the fastest tiling of a window layer that fits a budget of SRAM.</summary>
internal sealed class WindowTilingSearch(WindowLayer layer, WindowCuts cuts, bool inputResident, bool outputResident)
{
    private const int DoubleBuffered = 2;

    /// <summary>What a tile's commands cost to fetch, as far as other work does not hide it.</summary>
    private const int CyclesPerTile = 16;

    /// <summary>The tiling of least estimated time, or null when none fits.</summary>
    public WindowTiling? Best(long budget) => Best(budget, DoubleBuffered) ?? Best(budget, 1);

    /// <summary>Bytes of the tiling that needs least.</summary>
    public long SmallestWorkingSet()
    {
        var least = long.MaxValue;
        foreach (var tiling in Candidates(1))
        {
            least = Math.Min(least, WorkingBytes(tiling));
        }

        return least;
    }

    public TilePlan PlanOf(WindowTiling tiling) =>
        new(Buffers(tiling), Estimate(tiling), new WindowTileWriter(layer, tiling, Slots(tiling), inputResident, outputResident).Write)
        {
            Deepen = room => Deepen(tiling, room),
        };

    /// <summary>The same tiling with as many more buffers of constants as there is room and use for.</summary>
    private TilePlan? Deepen(WindowTiling tiling, long room)
    {
        var bytes = new WorkBuffer(tiling.Channels.ConstantBytes).AlignedBytes;
        var slots = Slots(tiling).Constants;
        var depth = bytes == 0 || slots == 0 ? 0 : (int)Math.Min(tiling.Channels.Tiles.Length, slots + (room / bytes));
        return depth > slots ? PlanOf(tiling with { ConstantDepth = depth }) : null;
    }

    private WindowTiling? Best(long budget, int depth)
    {
        var (best, least) = (default(WindowTiling), long.MaxValue);
        foreach (var tiling in Candidates(depth))
        {
            if (WorkingBytes(tiling) <= budget && Estimate(tiling) is var cycles && cycles < least)
            {
                (best, least) = (tiling, cycles);
            }
        }

        return best;
    }

    private IEnumerable<WindowTiling> Candidates(int depth)
    {
        for (var channel = 0; channel < cuts.Channels.Length; channel++)
        {
            for (var area = 0; area < cuts.Areas.Length; area++)
            {
                var outside = new WindowTiling(cuts.Channels[channel], cuts.Areas[area], cuts.Costs(channel, area), true, depth);
                yield return outside;
                if (outside is { Channels.Tiles.Length: > 1, Area.Tiles: > 1 })
                {
                    yield return outside with { ChannelsOutside = false };
                }
            }
        }
    }

    private long WorkingBytes(WindowTiling tiling)
    {
        var (slots, bytes) = (Slots(tiling), BytesPerSlot(tiling));
        return (slots.Constants * bytes.Constants.AlignedBytes) + (slots.Inputs * bytes.Input.AlignedBytes) + (slots.Outputs * bytes.Output.AlignedBytes);
    }

    private ImmutableArray<WorkBuffer> Buffers(WindowTiling tiling)
    {
        var (slots, bytes) = (Slots(tiling), BytesPerSlot(tiling));
        return [.. Enumerable.Repeat(bytes.Constants, slots.Constants), .. Enumerable.Repeat(bytes.Input, slots.Inputs), .. Enumerable.Repeat(bytes.Output, slots.Outputs)];
    }

    private static (WorkBuffer Constants, WorkBuffer Input, WorkBuffer Output) BytesPerSlot(WindowTiling tiling)
    {
        var (area, first) = (tiling.Area, tiling.Channels.Tiles[0]);
        return (
            new WorkBuffer(tiling.Channels.ConstantBytes, HoldsConstants: true),
            new WorkBuffer((long)area.InputHeight * area.InputWidth * first.Inputs), new WorkBuffer((long)area.Rows * area.Columns * first.Outputs));
    }

    /// <summary>How many buffers the constants, inputs and outputs pass through.</summary>
    private WindowSlots Slots(WindowTiling tiling)
    {
        var loads = Loads(tiling);
        return new WindowSlots(
            tiling.Channels.ConstantBytes == 0 ? 0 : (int)Math.Min(loads.Constants, Math.Max(tiling.Depth, tiling.ConstantDepth)), inputResident ? 0 : Count(loads.Inputs),
            outputResident ? 0 : Count(tiling.Area.Tiles * tiling.Channels.Tiles.Length));

        int Count(long uses) => (int)Math.Min(uses, tiling.Depth);
    }

    /// <summary>How often constants and inputs are loaded.</summary>
    private (long Constants, long Inputs) Loads(WindowTiling tiling)
    {
        var (areas, blocks) = (tiling.Area.Tiles, tiling.Channels.Tiles.Length);
        return (
            tiling.ChannelsOutside || blocks <= Math.Max(tiling.Depth, tiling.ConstantDepth) ? blocks : areas * blocks,
            layer.Kernel.ReadsOwnChannels || (tiling.ChannelsOutside && areas > 1) ? areas * blocks : areas);
    }

    /// <summary>The busiest engine's cycles plus what cannot overlap: the first tile's loads and the last one's store.</summary>
    private long Estimate(WindowTiling tiling)
    {
        var (areas, blocks) = (tiling.Area.Tiles, tiling.Channels.Tiles.Length);
        var loads = Loads(tiling);
        var (constants, input, output) = (tiling.Channels.Constants, tiling.Costs.Input, tiling.Costs.Output);
        var (constantTimes, inputTimes) = (loads.Constants / blocks, inputResident ? 0 : loads.Inputs);
        var load = (constantTimes * constants.Cycles) + (inputTimes * input.Cycles / blocks);
        var store = outputResident ? 0 : areas * output.Cycles;
        var dram = (constantTimes * constants.DramCycles) + (inputTimes * input.DramCycles / blocks) + (outputResident ? 0 : areas * output.DramCycles);
        var ends = (load / Math.Max(1, Math.Max(inputTimes, loads.Constants))) + (store / (areas * blocks));
        var busiest = tiling.Depth == 1 ? tiling.Costs.Compute + load + store
            : Math.Max(Math.Max(tiling.Costs.Compute, dram), Math.Max(load, store)) + ends;
        return busiest + (areas * blocks * CyclesPerTile);
    }
}

/// <summary>Buffers of each sort.</summary>
internal readonly record struct WindowSlots(int Constants, int Inputs, int Outputs);
