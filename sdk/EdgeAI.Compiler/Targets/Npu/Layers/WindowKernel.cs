using System.Collections.Immutable;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>Output channels that one command makes and the input channels that it reads.</summary>
internal readonly record struct ChannelTile(int Output, int Outputs, int Input, int Inputs, int Groups);

/// <summary>What a window computes: a convolution, a pool. Tiles of it are commands.</summary>
internal abstract class WindowKernel
{
    /// <summary>The engine that computes it.</summary>
    public abstract NpuEngine Engine { get; }

    /// <summary>Output channels per tile that are worth trying, largest first.</summary>
    public abstract IEnumerable<int> TileSizes(NpuConfiguration configuration);

    /// <summary>The channels cut into tiles of that size.</summary>
    public abstract ImmutableArray<ChannelTile> Split(int tileSize);

    /// <summary>True when each channel tile reads its own input channels, false when all read the same ones.</summary>
    public abstract bool ReadsOwnChannels { get; }

    /// <summary>Bytes of weights and channel table of a tile; 0 where there are none.</summary>
    public abstract int ConstantBytes(ChannelTile tile);

    /// <summary>Fills in the weights and channel table of a tile.</summary>
    public abstract void WriteConstants(ChannelTile tile, Span<byte> destination);

    /// <summary>Time and work of a tile.</summary>
    public abstract NpuCost Cost(NpuConfiguration configuration, ChannelTile tile, long pixels);

    /// <summary>The command of a tile whose constants lie at <paramref name="constants"/>.</summary>
    public abstract ICommand Command(in FeatureMap input, in FeatureMap output, in WindowTilePads pads, ChannelTile tile, Address constants);

    /// <summary>Sizes for channels that may be cut anywhere: all, then ever smaller multiples of the array's columns or of 16.</summary>
    protected static IEnumerable<int> SizesOf(int channels, int step)
    {
        yield return channels;
        for (var size = Down(channels - 1, step); size > 0; size = Down(Math.Min(size - 1, size * 3 / 4), step))
        {
            yield return size;
        }

        static int Down(int count, int step) => count / step * step;
    }
}

/// <summary>The window of one tile: geometry with the tile's own padding.</summary>
internal readonly record struct WindowTilePads(WindowGeometry Geometry, int Top, int Left, int Bottom, int Right);
