using System.Collections.Immutable;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>Which pool.</summary>
internal enum PoolKind
{
    Max,
    Average,
    GlobalAverage,
    GlobalSum,
}

/// <summary>Pools on the vector unit; each channel by itself.</summary>
internal sealed class PoolKernel(PoolKind kind, int channels, int taps, Quantization input, Quantization output, bool countIncludePad = false) : WindowKernel
{
    private const int ChannelStep = 16;

    public override NpuEngine Engine => NpuEngine.Vector;

    public override bool ReadsOwnChannels => true;

    public override IEnumerable<int> TileSizes(NpuConfiguration configuration)
    {
        var step = Math.Min(Math.Max(configuration.VectorLanes, ChannelStep), Math.Max(channels, 1));
        return SizesOf(channels, step).Append(1).Distinct();
    }

    public override ImmutableArray<ChannelTile> Split(int tileSize) =>
        [.. Enumerable.Range(0, (channels + tileSize - 1) / tileSize).Select(i => Math.Min(tileSize, channels - (i * tileSize)) is var count
            ? new ChannelTile(i * tileSize, count, i * tileSize, count, 1) : default)];

    public override int ConstantBytes(ChannelTile tile) => 0;

    public override void WriteConstants(ChannelTile tile, Span<byte> destination)
    {
    }

    public override NpuCost Cost(NpuConfiguration configuration, ChannelTile tile, long pixels)
    {
        var groups = pixels * ((tile.Outputs + configuration.VectorLanes - 1) / configuration.VectorLanes);
        return Timing.Vector(configuration, groups, pixels * tile.Outputs, taps, pixels * tile.Outputs * (taps + 1));
    }

    public override ICommand Command(in FeatureMap source, in FeatureMap result, in WindowTilePads pads, ChannelTile tile, Address constants)
    {
        var flags = (input.IsSigned ? CommandFlags.InputSigned : 0) | (output.IsSigned ? CommandFlags.OutputSigned : 0);
        var window = pads.Geometry.Command(pads.Top, pads.Left);
        return kind switch
        {
            PoolKind.Max => new MaxPool { Input = source, Output = result, Window = window, Flags = flags & CommandFlags.InputSigned },
            PoolKind.Average => new AveragePool
            {
                Input = source, Output = result, Window = window, PadBottom = pads.Bottom, PadRight = pads.Right,
                InputZeroPoint = input.ZeroPoint, OutputZeroPoint = output.ZeroPoint, InputScale = input.Scale, OutputScale = output.Scale,
                Flags = flags | (countIncludePad ? CommandFlags.CountIncludePad : 0),
            },
            _ => new GlobalAveragePool
            {
                Input = source, Output = result, InputZeroPoint = input.ZeroPoint, OutputZeroPoint = output.ZeroPoint,
                Multiplier = kind == PoolKind.GlobalSum ? input.Scale / output.Scale : input.Scale / (output.Scale * taps), Flags = flags,
            },
        };
    }
}
