using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>Softmax over channels: the exponentials come from a table that is aligned to each pixel's greatest value.</summary>
internal sealed unsafe class SoftmaxKernel(Softmax command, bool scalar) : Kernel
{
    private const int LastEntry = 255;

    /// <summary>Makes raw bytes unsigned without changing their order.</summary>
    private readonly byte _flip = command.Flags.HasFlag(CommandFlags.InputSigned) ? (byte)0x80 : (byte)0;
    private readonly int _minimum = command.Flags.HasFlag(CommandFlags.OutputSigned) ? sbyte.MinValue : byte.MinValue;
    private readonly int _maximum = command.Flags.HasFlag(CommandFlags.OutputSigned) ? sbyte.MaxValue : byte.MaxValue;

    public override void Run(RegionPointers regions)
    {
        var input = regions[command.Input.Address];
        var output = regions[command.Output.Address];
        var table = (float*)regions[command.Table];
        for (var y = 0L; y < command.Input.Height; y++)
        {
            for (var x = 0L; x < command.Input.Width; x++)
            {
                Pixel(
                    input + (y * command.Input.RowStride) + (x * command.Input.PixelStride),
                    output + (y * command.Output.RowStride) + (x * command.Output.PixelStride), table);
            }
        }
    }

    /// <summary>Comparisons in this order send NaN to the least.</summary>
    private float Limit(float share)
    {
        float least = _minimum - command.ZeroPoint, most = _maximum - command.ZeroPoint;
        share = share > least ? share : least;
        return share < most ? share : most;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pixel(byte* input, byte* output, float* table)
    {
        var (channels, flip) = (command.Input.Channels, _flip);
        var greatest = scalar ? 0 : Greatest(input, channels);
        for (var i = scalar ? 0 : channels / Vector256<byte>.Count * Vector256<byte>.Count; i < channels; i++)
        {
            greatest = Math.Max(greatest, input[i] ^ flip);
        }

        var aligned = table + LastEntry - greatest;
        var sum = 0f;
        for (var i = 0; i < channels; i++)
        {
            sum += aligned[input[i] ^ flip];
        }

        for (var i = scalar || !Avx2.IsSupported || sum == 0 ? 0 : Shares(input, output, aligned, greatest, sum); i < channels; i++)
        {
            // No index above the greatest, whatever has been written over the input since.
            var share = sum == 0 ? 0 : aligned[Math.Min(input[i] ^ flip, greatest)] * command.Scale / sum;
            output[i] = (byte)((int)MathF.Round(Limit(share), MidpointRounding.ToEven) + command.ZeroPoint);
        }
    }

    /// <summary>The greatest of the first values, whole vectors of them.</summary>
    private int Greatest(byte* input, int channels)
    {
        var best = Vector256<byte>.Zero;
        for (var i = 0; i <= channels - Vector256<byte>.Count; i += Vector256<byte>.Count)
        {
            best = Vector256.Max(best, Vector256.Load(input + i) ^ Vector256.Create(_flip));
        }

        var greatest = 0;
        for (var i = 0; i < Vector256<byte>.Count; i++)
        {
            greatest = Math.Max(greatest, best.GetElement(i));
        }

        return greatest;
    }

    /// <summary>Eight results at a time; returns how many. The order of operands sends NaN where the plain loop does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Shares(byte* input, byte* output, float* aligned, int greatest, float sum)
    {
        var (most, least) = (Vector256.Create((float)_maximum - command.ZeroPoint), Vector256.Create((float)_minimum - command.ZeroPoint));
        var i = 0;
        for (; i <= command.Input.Channels - Vector256<int>.Count; i += Vector256<int>.Count)
        {
            var places = Avx2.Min(Avx2.ConvertToVector256Int32(input + i) ^ Vector256.Create((int)_flip), Vector256.Create(greatest));
            var share = Avx.Divide(Avx.Multiply(Avx2.GatherVector256(aligned, places, sizeof(float)), Vector256.Create(command.Scale)), Vector256.Create(sum));
            var value = Avx.ConvertToVector256Int32(Avx.Min(Avx.Max(share, least), most)) + Vector256.Create(command.ZeroPoint);
            var words = Vector256.Narrow(value & Vector256.Create(0xFF), Vector256<int>.Zero).AsUInt16().GetLower();
            *(ulong*)(output + i) = Vector128.Narrow(words, words).AsUInt64().ToScalar();
        }

        return i;
    }
}
