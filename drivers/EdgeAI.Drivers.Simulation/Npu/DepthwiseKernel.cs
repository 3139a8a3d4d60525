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
    private const int BlockChannels = 32;
    private const int BlockBytes = 128;

    /// <summary>Weights with zero points take the taps three times: Σ x·(w − z) = Σ x·w + Σ x·p + Σ x·q with p + q = −z, each in 8 bits.</summary>
    private const int ZeroPointPasses = 3;

    private readonly Convolution _command;
    private readonly Workspace.Slot _slot;
    private readonly StagedInput _input;
    private readonly TapPointers _taps;
    private readonly int _passes;
    private readonly int _tapBlocks;
    private readonly int _blocks;
    private readonly long _weights;
    private readonly long _bias;
    private readonly long _multipliers;
    private readonly Requantizer _requantizer;
    private readonly bool _signed;

    public DepthwiseKernel(Convolution command, Workspace.Slot slot)
    {
        (_command, _slot) = (command, slot);
        _passes = command.Flags.HasFlag(CommandFlags.WeightZeroPoints) ? ZeroPointPasses : 1;
        _tapBlocks = (command.Window.Taps + 3) / 4 * _passes;
        _blocks = (command.Output.Channels + BlockChannels - 1) / BlockChannels;
        _input = new(command, 1, 1, slot);
        _taps = new(command, _input, 1, _tapBlocks * 4, slot, _passes);
        _weights = slot.Take((long)_blocks * _tapBlocks * BlockBytes);
        _bias = slot.Take((long)_blocks * BlockChannels * sizeof(int));
        _multipliers = slot.Take((long)_blocks * BlockChannels * sizeof(float));
        _signed = command.Flags.HasFlag(CommandFlags.OutputSigned);
        _requantizer = new(command.OutputZeroPoint, command.Minimum, command.Maximum, _signed);
    }

    public override void Run(RegionPointers regions)
    {
        ArrangeWeights(regions[_command.Weights], (sbyte*)regions[_command.Table] + (2L * sizeof(int) * _command.Output.Channels));
        ArrangeTable(regions[_command.Table]);
        var input = _input.Stage(regions);
        var output = regions[_command.Output.Address];
        for (var y = 0; y < _command.Output.Height; y++)
        {
            Row(input, y, output + ((long)y * _command.Output.RowStride));
        }
    }

    /// <summary>From bricks of 16 channels to vectors whose halves hold channels 4i…4i+3 and 16+4i…16+4i+3; taps beyond the window weigh 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ArrangeWeights(byte* source, sbyte* zeroPoints)
    {
        var destination = _slot[_weights];
        var tapBlocks = _tapBlocks / _passes;
        var lastTaps = Vector128.Create(uint.MaxValue >> (8 * ((tapBlocks * 4) - _command.Window.Taps))).AsByte();
        var bricks = (_command.Output.Channels + WeightPacking.BrickOutputs - 1) / WeightPacking.BrickOutputs;
        var constant = stackalloc byte[WeightPacking.BrickBytes];
        for (var brick = 0; brick < bricks; brick++)
        {
            for (var tap = 0; tap < _tapBlocks; tap++)
            {
                var isWeights = tap < tapBlocks;
                if (!isWeights && tap % tapBlocks == 0)
                {
                    FillConstant(constant, zeroPoints + (brick * WeightPacking.BrickOutputs), brick, tap / tapBlocks);
                }

                var mask = (tap + 1) % tapBlocks == 0 ? lastTaps : Vector128<byte>.AllBitsSet;
                var target = destination + ((((brick / 2L) * _tapBlocks) + tap) * BlockBytes) + (brick % 2 * 16);
                Spread(isWeights ? source : constant, target, mask);
                source += isWeights ? WeightPacking.BrickBytes : 0;
            }
        }
    }

    /// <summary>The quarters of a brick go to every second 16 bytes of a vector block.</summary>
    private static void Spread(byte* brick, byte* target, Vector128<byte> mask)
    {
        for (var quarter = 0; quarter < 4; quarter++)
        {
            (Vector128.Load(brick + (quarter * 16)) & mask).Store(target + (quarter * 32));
        }
    }

    /// <summary>A brick whose taps all weigh a part of the negative zero point of their channel.</summary>
    private void FillConstant(byte* brick, sbyte* zeroPoints, int index, int pass)
    {
        for (var output = 0; output < WeightPacking.BrickOutputs; output++)
        {
            var isChannel = (index * WeightPacking.BrickOutputs) + output < _command.Output.Channels;
            var negative = isChannel ? -zeroPoints[output] : 0;
            var first = Math.Min(negative, sbyte.MaxValue);
            new Span<byte>(brick + (output * 4), 4).Fill((byte)(pass == 1 ? first : negative - first));
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

    /// <summary>One output row: pixels whose window lies inside share one set of tap offsets, those at the border have pointers of their own.</summary>
    private void Row(byte* input, int y, byte* output)
    {
        var (firstInside, endInside) = _taps.Inside(y);
        for (var x = 0; x < _command.Output.Width; x++)
        {
            if (x == firstInside)
            {
                Pixels(_taps.Start(input, y, x), _taps.Offsets(), endInside - x, output + ((long)x * _command.Output.PixelStride));
                x = endInside - 1;
                continue;
            }

            // Pointers are offsets from address 0.
            Pixels(null, (long*)_taps.Compute(input, ((long)y * _command.Output.Width) + x, 1), 1, output + ((long)x * _command.Output.PixelStride));
        }
    }

    private void Pixels(byte* start, long* taps, int count, byte* output)
    {
        var buffer = stackalloc byte[BlockChannels];
        var channels = _command.Output.Channels;
        var rest = channels % BlockChannels;
        if (rest == 0)
        {
            Compute(start, taps, count, output, buffer);
            return;
        }

        for (var i = 0; i < count; i++, start += _taps.Step, output += _command.Output.PixelStride)
        {
            Compute(start, taps, 1, output, buffer);
            Buffer.MemoryCopy(buffer, output + channels - rest, rest, rest);
        }
    }

    /// <summary>Some pixels of a row; a last block of fewer than 32 channels goes to <paramref name="lastBlock"/>. Without calls, which would cost registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Compute(byte* start, long* taps, int count, byte* output, byte* lastBlock)
    {
        var channels = _command.Output.Channels;
        var (step, outputStep, tapEnd) = (_taps.Step, (long)_command.Output.PixelStride, _tapBlocks * 4);
        var requantizer = _requantizer;
        for (; count > 0; count--, start += step, output += outputStep)
        {
            var weights = (sbyte*)_slot[_weights];
            var bias = (int*)_slot[_bias];
            var multipliers = (float*)_slot[_multipliers];
            for (var channel = 0; channel < channels; channel += BlockChannels, bias += BlockChannels, multipliers += BlockChannels)
            {
                var s0 = Vector256.Load(bias);
                var s1 = Vector256.Load(bias + 8);
                var s2 = Vector256.Load(bias + 16);
                var s3 = Vector256.Load(bias + 24);
                var values = start + channel;
                for (var tap = 0; tap < tapEnd; tap += 4, weights += BlockBytes)
                {
                    var a = Vector256.Load(values + taps[tap]);
                    var b = Vector256.Load(values + taps[tap + 1]);
                    var c = Vector256.Load(values + taps[tap + 2]);
                    var d = Vector256.Load(values + taps[tap + 3]);
                    var lowAB = Avx2.UnpackLow(a, b).AsInt16();
                    var highAB = Avx2.UnpackHigh(a, b).AsInt16();
                    var lowCD = Avx2.UnpackLow(c, d).AsInt16();
                    var highCD = Avx2.UnpackHigh(c, d).AsInt16();
                    s0 = DotProduct.Add(s0, Avx2.UnpackLow(lowAB, lowCD).AsByte(), Vector256.Load(weights));
                    s1 = DotProduct.Add(s1, Avx2.UnpackHigh(lowAB, lowCD).AsByte(), Vector256.Load(weights + 32));
                    s2 = DotProduct.Add(s2, Avx2.UnpackLow(highAB, highCD).AsByte(), Vector256.Load(weights + 64));
                    s3 = DotProduct.Add(s3, Avx2.UnpackHigh(highAB, highCD).AsByte(), Vector256.Load(weights + 96));
                }

                var target = channels - channel >= BlockChannels ? output + channel : lastBlock;
                if (Avx512BW.IsSupported)
                {
                    Narrow512(requantizer, s0, s1, s2, s3, multipliers).Store(target);
                }
                else
                {
                    Narrow256(requantizer, s0, s1, s2, s3, multipliers).Store(target);
                }
            }
        }
    }

    /// <summary>Packing 16-bit words of both pairs and narrowing them leaves quadruples of channels in the order 0, 2, 4, 6, 1, 3, 5, 7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Narrow512(in Requantizer requantizer, Vector256<int> s0, Vector256<int> s1, Vector256<int> s2, Vector256<int> s3, float* multipliers)
    {
        var low = requantizer.Convert(Vector512.Create(s0, s1), Vector512.Load(multipliers));
        var high = requantizer.Convert(Vector512.Create(s2, s3), Vector512.Load(multipliers + 16));
        var bytes = Avx512BW.ConvertToVector256Byte(Avx512BW.PackSignedSaturate(low, high));
        return Avx2.PermuteVar8x32(bytes.AsInt32(), Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7)).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<byte> Narrow256(in Requantizer requantizer, Vector256<int> s0, Vector256<int> s1, Vector256<int> s2, Vector256<int> s3, float* multipliers)
    {
        var words01 = Avx2.PackSignedSaturate(requantizer.Convert(s0, Vector256.Load(multipliers)), requantizer.Convert(s1, Vector256.Load(multipliers + 8)));
        var words23 = Avx2.PackSignedSaturate(requantizer.Convert(s2, Vector256.Load(multipliers + 16)), requantizer.Convert(s3, Vector256.Load(multipliers + 24)));
        return _signed ? Avx2.PackSignedSaturate(words01, words23).AsByte() : Avx2.PackUnsignedSaturate(words01, words23);
    }
}
