using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>QuantizeLinear of one float32 or eight, within limits: divide, clamp, round half to even, add the zero point; NaN gives the least.</summary>
internal readonly struct RealQuantizer(float scale, int zeroPoint, bool signed, int minimum, int maximum)
{
    private readonly float _low = (signed ? sbyte.MinValue : byte.MinValue) - zeroPoint;
    private readonly float _high = (signed ? sbyte.MaxValue : byte.MaxValue) - zeroPoint;

    public RealQuantizer(float scale, int zeroPoint, bool signed)
        : this(scale, zeroPoint, signed, signed ? sbyte.MinValue : byte.MinValue, signed ? sbyte.MaxValue : byte.MaxValue)
    {
    }

    /// <summary>One value; the comparisons in this order send NaN to the least.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte One(float real)
    {
        var value = real / scale;
        value = value > _low ? value : _low;
        value = value < _high ? value : _high;
        return (byte)Math.Clamp((int)MathF.Round(value, MidpointRounding.ToEven) + zeroPoint, minimum, maximum);
    }

    /// <summary>Eight values, as int32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Eight(Vector256<float> real)
    {
        // The instruction gives its second operand where the first is NaN.
        var value = Avx.Max(real / Vector256.Create(scale), Vector256.Create(_low));
        value = Avx.Min(value, Vector256.Create(_high));
        var result = Avx.ConvertToVector256Int32(value) + Vector256.Create(zeroPoint);
        return Vector256.Min(Vector256.Max(result, Vector256.Create(minimum)), Vector256.Create(maximum));
    }
}
