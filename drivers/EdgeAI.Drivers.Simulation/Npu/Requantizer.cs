using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>From int32 accumulators to 8 bits: y = rne(clamp(float(acc)·m, minimum − zp, maximum − zp)) + zp.</summary>
internal readonly struct Requantizer(int zeroPoint, int minimum, int maximum, bool signed)
{
    private readonly float _low = minimum - zeroPoint;
    private readonly float _high = maximum - zeroPoint;

    /// <summary>That of a convolution.</summary>
    public static Requantizer Of(in Convolution command) =>
        new(command.OutputZeroPoint, command.Minimum, command.Maximum, command.Flags.HasFlag(CommandFlags.OutputSigned));

    /// <summary>One value. Comparisons are written so that NaN falls where the vector instructions let it fall.</summary>
    public byte Convert(int accumulator, float multiplier)
    {
        var value = accumulator * multiplier;
        value = value < _high ? value : _high;
        value = value > _low ? value : _low;
        return (byte)((int)MathF.Round(value, MidpointRounding.ToEven) + zeroPoint);
    }

    /// <summary>Sixteen values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<byte> Convert(Vector256<int> first, Vector256<int> second, Vector256<float> firstMultiplier, Vector256<float> secondMultiplier)
    {
        if (Avx512F.IsSupported)
        {
            // Values are within 8 bits: narrowing keeps their lowest byte.
            return Avx512F.ConvertToVector128Byte(Convert(Vector512.Create(first, second), Vector512.Create(firstMultiplier, secondMultiplier)));
        }

        var low = Convert(first, firstMultiplier);
        var high = Convert(second, secondMultiplier);
        var words = Avx2.Permute4x64(Avx2.PackSignedSaturate(low, high).AsInt64(), 0b11_01_10_00).AsInt16();
        return signed
            ? Sse2.PackSignedSaturate(words.GetLower(), words.GetUpper()).AsByte()
            : Sse2.PackUnsignedSaturate(words.GetLower(), words.GetUpper());
    }

    /// <summary>Sixteen values, still as int32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<int> Convert(Vector512<int> accumulators, Vector512<float> multipliers)
    {
        var value = Avx512F.Multiply(Avx512F.ConvertToVector512Single(accumulators), multipliers);
        value = Avx512F.Max(Avx512F.Min(value, Vector512.Create(_high)), Vector512.Create(_low));
        return Avx512F.Add(Avx512F.ConvertToVector512Int32(value), Vector512.Create(zeroPoint));
    }

    /// <summary>Eight values, still as int32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Convert(Vector256<int> accumulators, Vector256<float> multipliers)
    {
        var value = Avx.Multiply(Avx.ConvertToVector256Single(accumulators), multipliers);
        value = Avx.Max(Avx.Min(value, Vector256.Create(_high)), Vector256.Create(_low));
        return Avx2.Add(Avx.ConvertToVector256Int32(value), Vector256.Create(zeroPoint));
    }
}
