using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Npu.Streams;
using EdgeAI.Hal.Npu;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>The cuts of a window layer that are worth trying, and what their tiles cost wherever the maps live. Computed once per layer.</summary>
internal sealed class WindowCuts
{
    private readonly WindowLayer _layer;
    private readonly NpuConfiguration _configuration;
    private readonly WindowCosts?[,] _costs;

    public WindowCuts(WindowLayer layer, NpuConfiguration configuration)
    {
        (_layer, _configuration) = (layer, configuration);
        Channels = [.. layer.Kernel.TileSizes(configuration).Distinct().Select(size => new ChannelCut(layer.Kernel, size, configuration))];
        Areas = [.. AreasOf(layer)];
        _costs = new WindowCosts?[Channels.Length, Areas.Length];
    }

    /// <summary>Over output channels, largest tiles first.</summary>
    public ImmutableArray<ChannelCut> Channels { get; }

    /// <summary>Over rows and columns, largest tiles first.</summary>
    public ImmutableArray<AreaCut> Areas { get; }

    /// <summary>What all tiles of a cut cost.</summary>
    public WindowCosts Costs(int channel, int area) => _costs[channel, area] ??= CostsOf(Channels[channel], Areas[area]);

    private static IEnumerable<AreaCut> AreasOf(WindowLayer layer)
    {
        var output = layer.Output;
        var rows = Cuts(output.Height).Select(row => (row, output.Width));
        var columns = Cuts(output.Width).Skip(1).Select(column => (1, column));
        return rows.Concat(columns).Select(cut => new AreaCut(layer, cut.Item1, cut.Item2));
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

    private WindowCosts CostsOf(ChannelCut channels, AreaCut area)
    {
        var (compute, input, output) = (0L, default(NpuCost), default(NpuCost));
        foreach (var (tile, count) in channels.Sizes)
        {
            compute += count * ComputeCycles(area, tile);
            input += Times(RegionCopy.BoxCost(_configuration, _layer.Inputs[0], area.InputHeight, area.InputWidth, tile.Inputs), count);
            output += Times(RegionCopy.BoxCost(_configuration, _layer.Output, area.Rows, area.Columns, tile.Outputs), count);
        }

        return new WindowCosts(compute, input, output);
    }

    private static NpuCost Times(NpuCost cost, long count) => new(cost.Cycles * count, cost.DramCycles * count);

    private long ComputeCycles(AreaCut area, ChannelTile tile)
    {
        var output = _layer.Output;
        var (rows, columns) = (output.Height / area.Rows, output.Width / area.Columns);
        var (lastRow, lastColumn) = (output.Height % area.Rows, output.Width % area.Columns);
        var cycles = (long)rows * columns * Cycles(area.Rows * (long)area.Columns);
        cycles += lastRow > 0 ? columns * Cycles(lastRow * (long)area.Columns) : 0;
        cycles += lastColumn > 0 ? rows * Cycles(lastColumn * (long)area.Rows) : 0;
        cycles += lastRow > 0 && lastColumn > 0 ? Cycles((long)lastRow * lastColumn) : 0;
        return cycles * output.Batch;

        long Cycles(long pixels) => _layer.Kernel.Cost(_configuration, tile, pixels).Cycles;
    }
}

/// <summary>What all tiles of a cut cost: the array's cycles, and loading each channel tile's input and storing its output once per area.</summary>
internal sealed record WindowCosts(long Compute, NpuCost Input, NpuCost Output);

/// <summary>Rows and columns of a tile of outputs and of the inputs that it reads at most.</summary>
internal sealed class AreaCut
{
    public AreaCut(WindowLayer layer, int rows, int columns)
    {
        (Rows, Columns) = (rows, columns);
        (InputHeight, InputWidth) = layer.LargestInput(rows, columns);
        Tiles = (long)layer.Output.Batch * ((layer.Output.Height + rows - 1) / rows) * ((layer.Output.Width + columns - 1) / columns);
    }

    public int Rows { get; }

    public int Columns { get; }

    public int InputHeight { get; }

    public int InputWidth { get; }

    public long Tiles { get; }
}

/// <summary>Output channels cut into tiles.</summary>
internal sealed class ChannelCut
{
    public ChannelCut(WindowKernel kernel, int size, NpuConfiguration configuration)
    {
        (Size, Tiles) = (size, kernel.Split(size));
        Sizes = [.. Tiles.GroupBy(tile => tile.Outputs).Select(group => (group.First(), group.Count()))];
        ConstantBytes = kernel.ConstantBytes(Tiles[0]);
        foreach (var (tile, count) in Sizes.Where(_ => ConstantBytes > 0))
        {
            var cost = Timing.Transfer(configuration, 1, kernel.ConstantBytes(tile), 1, kernel.ConstantBytes(tile));
            Constants += new NpuCost(cost.Cycles * count, cost.DramCycles * count);
        }
    }

    /// <summary>Output channels per tile.</summary>
    public int Size { get; }

    public ImmutableArray<ChannelTile> Tiles { get; }

    /// <summary>One tile of each size and how many there are.</summary>
    public ImmutableArray<(ChannelTile Tile, int Count)> Sizes { get; }

    /// <summary>Bytes of the largest tile's weights and table; 0 where there are none.</summary>
    public int ConstantBytes { get; }

    /// <summary>Loading every tile's constants once.</summary>
    public NpuCost Constants { get; }
}
