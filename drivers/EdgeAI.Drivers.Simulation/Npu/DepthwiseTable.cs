using EdgeAI.Drivers.Simulation.Npu.HostCode;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>
/// Weights, bias and multipliers of a depthwise convolution in the order of interleaved channels. They are kept with the bytes that they
/// were made from and made again when a run finds other bytes in their place.
/// </summary>
internal sealed unsafe class DepthwiseTable
{
    private const int Four = 4;
    private const int LaneChannels = 16;

    private readonly Convolution _command;
    private readonly Workspace _workspace;
    private readonly int _channels;
    private readonly int _rowGroups;
    private readonly long _weightBytes;
    private readonly long _sourceWeights;
    private readonly long _sourceTable;
    private readonly long _weights;
    private readonly long _bias;
    private readonly long _multipliers;
    private bool _isMade;

    public DepthwiseTable(Convolution command, Workspace workspace)
    {
        (_command, _workspace, _channels) = (command, workspace, command.Output.Channels);
        _rowGroups = (command.Window.KernelHeight + Four - 1) / Four;
        _weightBytes = WeightPacking.DepthwiseBytes(_channels, command.Window.Taps);
        var blocks = (_channels + DepthwiseCode.Channels - 1) / DepthwiseCode.Channels;
        _sourceWeights = workspace.Keep(_weightBytes);
        _sourceTable = workspace.Keep(TableBytes);
        _weights = workspace.Keep((long)blocks * UnitsBytes);
        _bias = workspace.Keep((long)blocks * DepthwiseCode.Channels * sizeof(int));
        _multipliers = workspace.Keep((long)blocks * DepthwiseCode.Channels * sizeof(float));
    }

    private long TableBytes => _channels * (long)(sizeof(int) + sizeof(float));

    /// <summary>Weights of a full block.</summary>
    private long UnitsBytes => (long)_rowGroups * _command.Window.KernelWidth * Four * DepthwiseCode.Channels;

    /// <summary>How wide the block is that starts where so many channels are left.</summary>
    public static int WidthOf(int channelsLeft) => channelsLeft > DepthwiseCode.Channels / 2 ? DepthwiseCode.Channels : DepthwiseCode.Channels / 2;

    /// <summary>Weights of the block that starts with a channel: four vectors for each column of the window and four of its rows.</summary>
    public byte* Weights(int channel) => _workspace.Kept(_weights) + (channel / DepthwiseCode.Channels * UnitsBytes);

    public int* Bias(int channel) => (int*)_workspace.Kept(_bias) + channel;

    public float* Multipliers(int channel) => (float*)_workspace.Kept(_multipliers) + channel;

    /// <summary>Takes the operands as they are now.</summary>
    public void Refresh(byte* weights, byte* table)
    {
        if (_isMade && IsKept(weights, _sourceWeights, _weightBytes) && IsKept(table, _sourceTable, TableBytes))
        {
            return;
        }

        Buffer.MemoryCopy(weights, _workspace.Kept(_sourceWeights), _weightBytes, _weightBytes);
        Buffer.MemoryCopy(table, _workspace.Kept(_sourceTable), TableBytes, TableBytes);
        for (var channel = 0; channel < _channels; channel++)
        {
            Arrange(channel, (sbyte*)weights, table);
        }

        _isMade = true;
    }

    private bool IsKept(byte* bytes, long place, long count) =>
        new ReadOnlySpan<byte>(bytes, checked((int)count)).SequenceEqual(new(_workspace.Kept(place), (int)count));

    /// <summary>Vector q of a block has, in lane j, channels 16j + 4q and the next three; a channel's four bytes are four rows.</summary>
    private void Arrange(int channel, sbyte* weights, byte* table)
    {
        var first = channel / DepthwiseCode.Channels * DepthwiseCode.Channels;
        var width = WidthOf(_channels - first);
        var (lane, within) = Math.DivRem(channel - first, LaneChannels);
        var place = (within / Four * (width / Four)) + (lane * Four) + (within % Four);
        var target = (sbyte*)Weights(first) + (place * Four);
        var sum = 0;
        for (var tap = 0; tap < _command.Window.Taps; tap++)
        {
            var (row, column) = Math.DivRem(tap, _command.Window.KernelWidth);
            var weight = weights[Source(channel, tap)];
            target[((((long)column * _rowGroups) + (row / Four)) * width * Four) + (row % Four)] = weight;
            sum += weight;
        }

        // A flipped input has 128 more in each value.
        var bias = ((int*)table)[channel];
        Bias(first)[place] = _command.Flags.HasFlag(CommandFlags.InputSigned) ? unchecked(bias - (128 * sum)) : bias;
        Multipliers(first)[place] = ((float*)table)[_channels + channel];
    }

    private long Source(int channel, int tap)
    {
        var tapBlocks = (_command.Window.Taps + WeightPacking.BrickDepth - 1) / WeightPacking.BrickDepth;
        var brick = ((long)channel / WeightPacking.BrickOutputs * tapBlocks) + (tap / WeightPacking.BrickDepth);
        return (brick * WeightPacking.BrickBytes) + (channel % WeightPacking.BrickOutputs * WeightPacking.BrickDepth) + (tap % WeightPacking.BrickDepth);
    }
}
