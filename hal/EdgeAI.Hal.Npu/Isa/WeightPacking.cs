namespace EdgeAI.Hal.Npu.Isa;

/// <summary>Sizes and byte order of packed weights and channel tables, as docs/npu/isa.md lays them out.</summary>
internal static class WeightPacking
{
    /// <summary>Output channels of a brick.</summary>
    public const int BrickOutputs = 16;

    /// <summary>Reduction steps of a brick.</summary>
    public const int BrickDepth = 4;

    /// <summary>Bytes of a brick.</summary>
    public const int BrickBytes = BrickOutputs * BrickDepth;

    /// <summary>Alignment of weights, channel tables and lookup tables.</summary>
    public const int Alignment = 16;

    /// <summary>Bytes of dense weights; channels are per group.</summary>
    public static long DenseBytes(long groups, long outputs, long taps, long inputs) =>
        checked(groups * Blocks(outputs, BrickOutputs) * taps * Blocks(inputs, BrickDepth) * BrickBytes);

    /// <summary>Bytes of depthwise weights.</summary>
    public static long DepthwiseBytes(long channels, long taps) =>
        checked(Blocks(channels, BrickOutputs) * Blocks(taps, BrickDepth) * BrickBytes);

    /// <summary>Bytes of a channel table.</summary>
    public static long TableBytes(long outputs, bool zeroPoints) => checked(outputs * (sizeof(int) + sizeof(float) + (zeroPoints ? 1 : 0)));

    /// <summary>Packs weights of ONNX order [groups·outputs][inputs][taps] (outputs and inputs per group; taps row-major).</summary>
    public static void PackDense(ReadOnlySpan<sbyte> source, Span<byte> destination, int groups, int outputs, int inputs, int taps)
    {
        destination[..checked((int)DenseBytes(groups, outputs, taps, inputs))].Clear();
        var depthBlocks = (inputs + BrickDepth - 1) / BrickDepth;
        var outputBlocks = (outputs + BrickOutputs - 1) / BrickOutputs;
        for (var channel = 0; channel < groups * outputs; channel++)
        {
            var (group, output) = (channel / outputs, channel % outputs);
            var block = (((group * outputBlocks) + (output / BrickOutputs)) * taps * depthBlocks * BrickBytes) + (output % BrickOutputs * BrickDepth);
            for (var input = 0; input < inputs; input++)
            {
                for (var tap = 0; tap < taps; tap++)
                {
                    var brick = (tap * depthBlocks) + (input / BrickDepth);
                    destination[block + (brick * BrickBytes) + (input % BrickDepth)] = (byte)source[(((channel * inputs) + input) * taps) + tap];
                }
            }
        }
    }

    /// <summary>Packs depthwise weights of ONNX order [channels][1][taps].</summary>
    public static void PackDepthwise(ReadOnlySpan<sbyte> source, Span<byte> destination, int channels, int taps)
    {
        destination[..checked((int)DepthwiseBytes(channels, taps))].Clear();
        var tapBlocks = (taps + BrickDepth - 1) / BrickDepth;
        for (var channel = 0; channel < channels; channel++)
        {
            for (var tap = 0; tap < taps; tap++)
            {
                var brick = (channel / BrickOutputs * tapBlocks) + (tap / BrickDepth);
                destination[(brick * BrickBytes) + (channel % BrickOutputs * BrickDepth) + (tap % BrickDepth)] = (byte)source[(channel * taps) + tap];
            }
        }
    }

    /// <summary>The table's B of one output channel: bias − inputZeroPoint·Σ(w − weightZeroPoint), wrapping.</summary>
    public static int FoldBias(int bias, ReadOnlySpan<sbyte> channelWeights, int inputZeroPoint, int weightZeroPoint)
    {
        var sum = 0;
        foreach (var weight in channelWeights)
        {
            sum += weight - weightZeroPoint;
        }

        return unchecked(bias - (inputZeroPoint * sum));
    }

    private static long Blocks(long count, long size) => checked((count + size - 1) / size);
}
