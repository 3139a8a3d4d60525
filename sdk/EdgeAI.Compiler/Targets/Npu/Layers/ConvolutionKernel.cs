using System.Buffers.Binary;
using System.Collections.Immutable;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>What a convolution or fully connected layer multiplies with and how it rounds.</summary>
/// <param name="Weights">All output channels; inputs per group.</param>
/// <param name="Bias">One per output channel.</param>
/// <param name="Multipliers">One per output channel: (s_x·s_w)/s_y.</param>
/// <param name="Groups">Groups.</param>
/// <param name="Input">What the input means.</param>
/// <param name="Output">What the output means.</param>
/// <param name="Limits">The integers between which an activation leaves the results.</param>
internal sealed record ConvolutionConstants(
    WeightOperand Weights, int[] Bias, float[] Multipliers, int Groups, Quantization Input, Quantization Output, (int Low, int High) Limits);

/// <summary>Convolution on the MAC array, dense, grouped or depthwise.</summary>
internal sealed class ConvolutionKernel(ConvolutionConstants constants) : WindowKernel
{
    private readonly WeightOperand _weights = constants.Weights;

    private int OutputsPerGroup => _weights.Outputs / constants.Groups;

    private bool IsDepthwise => constants.Groups > 1 && _weights.Inputs == 1 && OutputsPerGroup == 1;

    public override NpuEngine Engine => NpuEngine.Mac;

    public override bool ReadsOwnChannels => constants.Groups > 1;

    public override IEnumerable<int> TileSizes(NpuConfiguration configuration)
    {
        if (constants.Groups == 1 || IsDepthwise)
        {
            var step = _weights.Outputs >= configuration.Columns ? Math.Max(configuration.Columns, WeightPacking.BrickOutputs) : WeightPacking.BrickOutputs;
            var sizes = SizesOf(_weights.Outputs, step);
            return step > WeightPacking.BrickOutputs ? sizes.Concat(SizesOf(step, WeightPacking.BrickOutputs).Skip(1)) : sizes;
        }

        var groupCounts = Enumerable.Range(1, constants.Groups).Where(count => constants.Groups % count == 0).Reverse();
        return groupCounts.Select(count => count * OutputsPerGroup).Concat(SizesOf(OutputsPerGroup, WeightPacking.BrickOutputs).Skip(1));
    }

    public override ImmutableArray<ChannelTile> Split(int tileSize)
    {
        var tiles = ImmutableArray.CreateBuilder<ChannelTile>();
        var (perGroup, inputs) = (OutputsPerGroup, _weights.Inputs);
        if (constants.Groups == 1 || IsDepthwise || tileSize < perGroup)
        {
            var span = IsDepthwise ? _weights.Outputs : perGroup;
            for (var start = 0; start < _weights.Outputs; start += span)
            {
                for (var at = start; at < start + span; at += tileSize)
                {
                    var count = Math.Min(tileSize, start + span - at);
                    tiles.Add(IsDepthwise ? new(at, count, at, count, count) : new(at, count, start / perGroup * inputs, inputs, 1));
                }
            }
        }
        else
        {
            var groups = tileSize / perGroup;
            for (var group = 0; group < constants.Groups; group += groups)
            {
                var count = Math.Min(groups, constants.Groups - group);
                tiles.Add(new(group * perGroup, count * perGroup, group * inputs, count * inputs, count));
            }
        }

        return tiles.DrainToImmutable();
    }

    public override int ConstantBytes(ChannelTile tile) =>
        checked((int)(WeightBytes(tile) + WeightPacking.TableBytes(tile.Outputs, _weights.HasZeroPoints)));

    public override void WriteConstants(ChannelTile tile, Span<byte> destination)
    {
        var perChannel = _weights.Inputs * _weights.Taps;
        var elements = _weights.Elements.AsSpan(tile.Output * perChannel, tile.Outputs * perChannel);
        if (IsDepthwise)
        {
            WeightPacking.PackDepthwise(elements, destination, tile.Outputs, _weights.Taps);
        }
        else
        {
            WeightPacking.PackDense(elements, destination, tile.Groups, tile.Outputs / tile.Groups, _weights.Inputs, _weights.Taps);
        }

        WriteTable(tile, destination[(int)WeightBytes(tile)..]);
    }

    public override NpuCost Cost(NpuConfiguration configuration, ChannelTile tile, long pixels) => IsDepthwise
        ? Timing.Depthwise(configuration, pixels, _weights.Taps, tile.Outputs)
        : Timing.Convolution(configuration, pixels, (long)_weights.Inputs * _weights.Taps, tile.Outputs / tile.Groups, tile.Groups);

    public override ICommand Command(in FeatureMap input, in FeatureMap output, in WindowTilePads pads, ChannelTile tile, Address address) => new Convolution
    {
        Input = input, Output = output, Window = pads.Geometry.Command(pads.Top, pads.Left), Groups = tile.Groups,
        PadValue = constants.Input.ZeroPoint, OutputZeroPoint = constants.Output.ZeroPoint,
        Minimum = constants.Limits.Low, Maximum = constants.Limits.High,
        Weights = address, Table = address + WeightBytes(tile),
        Flags = (constants.Input.IsSigned ? CommandFlags.InputSigned : 0) | (constants.Output.IsSigned ? CommandFlags.OutputSigned : 0)
            | (IsDepthwise ? CommandFlags.Depthwise : 0) | (_weights.HasZeroPoints ? CommandFlags.WeightZeroPoints : 0),
    };

    private long WeightBytes(ChannelTile tile) => IsDepthwise
        ? WeightPacking.DepthwiseBytes(tile.Outputs, _weights.Taps)
        : WeightPacking.DenseBytes(tile.Groups, tile.Outputs / tile.Groups, _weights.Taps, _weights.Inputs);

    private void WriteTable(ChannelTile tile, Span<byte> table)
    {
        for (var i = 0; i < tile.Outputs; i++)
        {
            var channel = tile.Output + i;
            var bias = WeightPacking.FoldBias(constants.Bias[channel], _weights.Channel(channel), constants.Input.ZeroPoint, _weights.ZeroPoints[channel]);
            BinaryPrimitives.WriteInt32LittleEndian(table[(sizeof(int) * i)..], bias);
            BinaryPrimitives.WriteSingleLittleEndian(table[(sizeof(int) * (tile.Outputs + i))..], constants.Multipliers[channel]);
            if (_weights.HasZeroPoints)
            {
                table[(sizeof(long) * tile.Outputs) + i] = (byte)_weights.ZeroPoints[channel];
            }
        }
    }
}
