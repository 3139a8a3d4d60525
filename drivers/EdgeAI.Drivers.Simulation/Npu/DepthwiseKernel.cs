using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>
/// Depthwise convolution, 32 channels of a pixel at a time: the bytes of four taps are interleaved so that one dot-product step
/// does four taps. Weights, bias and multipliers are put in the order that the interleaving gives.
/// </summary>
internal sealed unsafe class DepthwiseKernel : Kernel
{
    private const int ChunkPixels = 64;
    private const int BlockChannels = 32;
    private const int BlockBytes = 128;

    private readonly Convolution _command;
    private readonly Workspace.Slot _slot;
    private readonly StagedInput _input;
    private readonly TapPointers _taps;
    private readonly int _tapBlocks;
    private readonly int _blocks;
    private readonly long _weights;
    private readonly long _bias;
    private readonly long _multipliers;
    private readonly float _low;
    private readonly float _high;
    private readonly bool _signed;

    public DepthwiseKernel(Convolution command, Workspace.Slot slot)
    {
        (_command, _slot) = (command, slot);
        _tapBlocks = (command.Window.Taps + 3) / 4;
        _blocks = (command.Output.Channels + BlockChannels - 1) / BlockChannels;
        _input = new(command, 1, 1, slot);
        _taps = new(command, _input, ChunkPixels, _tapBlocks * 4, slot);
        _weights = slot.Take((long)_blocks * _tapBlocks * BlockBytes);
        _bias = slot.Take((long)_blocks * BlockChannels * sizeof(int));
        _multipliers = slot.Take((long)_blocks * BlockChannels * sizeof(float));
        _low = command.Minimum - command.OutputZeroPoint;
        _high = command.Maximum - command.OutputZeroPoint;
        _signed = command.Flags.HasFlag(CommandFlags.OutputSigned);
    }

    public override void Run(RegionPointers regions)
    {
        ArrangeWeights(regions[_command.Weights]);
        ArrangeTable(regions[_command.Table]);
        var input = _input.Stage(regions);
        var output = regions[_command.Output.Address];
        var pixels = _command.Output.Pixels;
        for (var first = 0L; first < pixels; first += ChunkPixels)
        {
            var count = (int)Math.Min(ChunkPixels, pixels - first);
            Chunk(_taps.Compute(input, first, count), first, count, output);
        }
    }

    /// <summary>From bricks of 16 channels to vectors whose halves hold channels 4i…4i+3 and 16+4i…16+4i+3; taps beyond the window weigh 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ArrangeWeights(byte* source)
    {
        var destination = _slot[_weights];
        var lastTaps = Vector128.Create(uint.MaxValue >> (8 * ((_tapBlocks * 4) - _command.Window.Taps))).AsByte();
        var bricks = (_command.Output.Channels + WeightPacking.BrickOutputs - 1) / WeightPacking.BrickOutputs;
        for (var brick = 0; brick < bricks; brick++)
        {
            for (var tap = 0; tap < _tapBlocks; tap++, source += WeightPacking.BrickBytes)
            {
                var mask = tap == _tapBlocks - 1 ? lastTaps : Vector128<byte>.AllBitsSet;
                var target = destination + ((((brick / 2L) * _tapBlocks) + tap) * BlockBytes) + (brick % 2 * 16);
                for (var quarter = 0; quarter < 4; quarter++)
                {
                    (Vector128.Load(source + (quarter * 16)) & mask).Store(target + (quarter * 32));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ArrangeTable(byte* table)
    {
        var bias = (int*)_slot[_bias];
        var multipliers = (float*)_slot[_multipliers];
        var channels = _command.Output.Channels;
        for (var channel = 0; channel < channels; channel++)
        {
            // Vector i of a block holds channels 4i…4i+3 in its lower half, 16+4i… in its upper.
            var within = channel % BlockChannels;
            var place = (channel / BlockChannels * BlockChannels) + (within % 16 / 4 * 8) + (within / 16 * 4) + (within % 4);
            bias[place] = ((int*)table)[channel];
            multipliers[place] = ((float*)table)[channels + channel];
        }

        if (_input.IsFlipped)
        {
            Unflip(bias);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Unflip(int* bias)
    {
        var offset = Vector256.Create((byte)0x80);
        for (var block = 0; block < _blocks; block++)
        {
            for (var vector = 0; vector < 4; vector++)
            {
                var weights = (sbyte*)_slot[_weights] + ((long)block * _tapBlocks * BlockBytes) + (vector * 32);
                var sum = Vector256<int>.Zero;
                for (var tap = 0; tap < _tapBlocks; tap++)
                {
                    sum = DotProduct.Add(sum, offset, Vector256.Load(weights + (tap * BlockBytes)));
                }

                var target = bias + (block * BlockChannels) + (vector * 8);
                (Vector256.Load(target) - sum).Store(target);
            }
        }
    }

    private void Chunk(byte** taps, long first, int count, byte* output)
    {
        var position = new PixelPosition(_command.Output, first);
        var buffer = stackalloc byte[BlockChannels];
        var channels = _command.Output.Channels;
        var rest = channels % BlockChannels;
        for (var i = 0; i < count; i++, taps += _taps.TapCount)
        {
            var target = output + position.Next();
            Pixel(taps, target, buffer);
            if (rest > 0)
            {
                Buffer.MemoryCopy(buffer, target + channels - rest, rest, rest);
            }
        }
    }

    /// <summary>One pixel; a last block of fewer than 32 channels goes to <paramref name="lastBlock"/>. Without calls, which would cost registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pixel(byte** taps, byte* output, byte* lastBlock)
    {
        var weights = (sbyte*)_slot[_weights];
        var bias = (int*)_slot[_bias];
        var multipliers = (float*)_slot[_multipliers];
        var channels = _command.Output.Channels;
        for (var channel = 0; channel < channels; channel += BlockChannels, bias += BlockChannels, multipliers += BlockChannels)
        {
            var (s0, s1, s2, s3) = (Vector256.Load(bias), Vector256.Load(bias + 8), Vector256.Load(bias + 16), Vector256.Load(bias + 24));
            for (var tap = 0; tap < _tapBlocks; tap++, weights += BlockBytes)
            {
                var four = taps + (4 * tap);
                var (a, b) = (Vector256.Load(four[0] + channel), Vector256.Load(four[1] + channel));
                var (c, d) = (Vector256.Load(four[2] + channel), Vector256.Load(four[3] + channel));
                var (lowAB, highAB) = (Avx2.UnpackLow(a, b).AsInt16(), Avx2.UnpackHigh(a, b).AsInt16());
                var (lowCD, highCD) = (Avx2.UnpackLow(c, d).AsInt16(), Avx2.UnpackHigh(c, d).AsInt16());
                s0 = DotProduct.Add(s0, Avx2.UnpackLow(lowAB, lowCD).AsByte(), Vector256.Load(weights));
                s1 = DotProduct.Add(s1, Avx2.UnpackHigh(lowAB, lowCD).AsByte(), Vector256.Load(weights + 32));
                s2 = DotProduct.Add(s2, Avx2.UnpackLow(highAB, highCD).AsByte(), Vector256.Load(weights + 64));
                s3 = DotProduct.Add(s3, Avx2.UnpackHigh(highAB, highCD).AsByte(), Vector256.Load(weights + 96));
            }

            var words01 = Avx2.PackSignedSaturate(Requantize(s0, multipliers), Requantize(s1, multipliers + 8));
            var words23 = Avx2.PackSignedSaturate(Requantize(s2, multipliers + 16), Requantize(s3, multipliers + 24));
            var bytes = _signed ? Avx2.PackSignedSaturate(words01, words23).AsByte() : Avx2.PackUnsignedSaturate(words01, words23);
            bytes.Store(channels - channel >= BlockChannels ? output + channel : lastBlock);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<int> Requantize(Vector256<int> sums, float* multipliers)
    {
        var value = Avx.Multiply(Avx.ConvertToVector256Single(sums), Vector256.Load(multipliers));
        value = Avx.Max(Avx.Min(value, Vector256.Create(_high)), Vector256.Create(_low));
        return Avx2.Add(Avx.ConvertToVector256Int32(value), Vector256.Create(_command.OutputZeroPoint));
    }
}
