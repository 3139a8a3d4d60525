using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeAI.Drivers.Simulation.Dsp;

/// <summary>
/// The unit's own approximations on eight float32 lanes. Each lane is computed alone, by IEEE operations in a fixed order and
/// explicit fused multiply-adds, so results are equal on every host. The coefficients are Chebyshev fits made for this file;
/// the greatest errors are measured by the tests and stated in docs/dsp.md.
/// </summary>
internal static class VectorMath
{
    /// <summary>e^x: x = n·ln 2 + r with |r| ≤ ln 2 / 2, a polynomial of degree 6 in r, two exact scalings by powers of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x)
    {
        var bounded = Vector256.Min(Vector256.Max(x, Vector256.Create(-104f)), Vector256.Create(89f));
        var n = Vector256.Round(bounded * Vector256.Create(1.44269502f));
        var r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-0.693115234375f), bounded);
        r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-3.194618329871446e-05f), r);
        var p = Vector256.FusedMultiplyAdd(Vector256.Create(0.0013926250394433737f), r, Vector256.Create(0.00836323294788599f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(0.04166655242443085f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(0.16666576266288757f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(0.5f));
        p = Vector256.FusedMultiplyAdd(p, r * r, r) + Vector256<float>.One;
        var exponent = Vector256.ConvertToInt32(n);
        var half = Vector256.ShiftRightArithmetic(exponent, 1);
        return p * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <summary>ln x: x = 2^e·(1 + f) with 1 + f in [√½, √2), a polynomial of degree 11 in f.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Log(Vector256<float> x)
    {
        var isSmall = Vector256.LessThan(x, Vector256.Create(1.17549435e-38f));
        var scaled = Vector256.ConditionalSelect(isSmall, x * Vector256.Create(8388608f), x);
        var bits = scaled.AsInt32();
        var exponent = Vector256.ShiftRightArithmetic(bits - Vector256.Create(0x3F3504F3), 23);
        var f = (bits - Vector256.ShiftLeft(exponent, 23)).AsSingle() - Vector256<float>.One;
        var e = Vector256.ConvertToSingle(exponent + (isSmall.AsInt32() & Vector256.Create(-23)));
        var square = f * f;
        var low = Vector256.FusedMultiplyAdd(e, Vector256.Create(3.194618329871446e-05f), LogTail(f) * f * square);
        low = Vector256.FusedMultiplyAdd(square, Vector256.Create(-0.5f), low);
        var result = Vector256.FusedMultiplyAdd(e, Vector256.Create(0.693115234375f), f + low);
        return LogEdges(x, result);
    }

    /// <summary>tanh x: an odd polynomial below 0.625, above it 1 − 2 / (e^2|x| + 1) with the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Tanh(Vector256<float> x)
    {
        var magnitude = Vector256.Abs(x);
        var z = x * x;
        var p = Vector256.FusedMultiplyAdd(Vector256.Create(-0.006096714176237583f), z, Vector256.Create(0.020997179672122f));
        p = Vector256.FusedMultiplyAdd(p, z, Vector256.Create(-0.05385090783238411f));
        p = Vector256.FusedMultiplyAdd(p, z, Vector256.Create(0.1333276927471161f));
        p = Vector256.FusedMultiplyAdd(p, z, Vector256.Create(-0.333333283662796f));
        var near = Vector256.FusedMultiplyAdd(p * z, x, x);
        var far = Vector256<float>.One - (Vector256.Create(2f) / (Exp(magnitude + magnitude) + Vector256<float>.One));
        return Vector256.ConditionalSelect(Vector256.LessThan(magnitude, Vector256.Create(0.625f)), near, WithSign(far, x));
    }

    /// <summary>1 / (1 + e^−x) as e / (1 + e) with e = e^−|x|, or 1 / (1 + e) for x ≥ 0: small results keep their relative accuracy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sigmoid(Vector256<float> x)
    {
        var e = Exp(-Vector256.Abs(x));
        var numerator = Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(x, Vector256<float>.Zero), Vector256<float>.One, e);
        return numerator / (Vector256<float>.One + e);
    }

    /// <summary>erf x: an odd polynomial below 0.9375, above it 1 − e^q(|x|) with a polynomial q for ln erfc, and the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Erf(Vector256<float> x)
    {
        var magnitude = Vector256.Abs(x);
        var z = x * x;
        var p = Vector256.FusedMultiplyAdd(Vector256.Create(8.282021735794842e-05f), z, Vector256.Create(-0.0008122038561850786f));
        p = Vector256.FusedMultiplyAdd(p, z, Vector256.Create(0.0051992349326610565f));
        p = Vector256.FusedMultiplyAdd(p, z, Vector256.Create(-0.02685868926346302f));
        p = Vector256.FusedMultiplyAdd(p, z, Vector256.Create(0.11283683031797409f));
        p = Vector256.FusedMultiplyAdd(p, z, Vector256.Create(-0.37612631916999817f));
        p = Vector256.FusedMultiplyAdd(p, z, Vector256.Create(0.12837916612625122f));
        var near = Vector256.FusedMultiplyAdd(p, x, x);
        var far = Vector256<float>.One - Exp(LogErfc(Vector256.Min(magnitude, Vector256.Create(3.95f))));
        return Vector256.ConditionalSelect(Vector256.LessThan(magnitude, Vector256.Create(0.9375f)), near, WithSign(far, x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LogTail(Vector256<float> f)
    {
        var p = Vector256.FusedMultiplyAdd(Vector256.Create(0.06971611827611923f), f, Vector256.Create(-0.11479733884334564f));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(0.11685419827699661f));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(-0.12425687164068222f));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(0.14249058067798615f));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(-0.1666780263185501f));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(0.20000715553760529f));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(-0.2499999701976776f));
        return Vector256.FusedMultiplyAdd(p, f, Vector256.Create(0.3333333134651184f));
    }

    /// <summary>ln 0 = −∞, ln ∞ = ∞, ln of less than 0 and of NaN = NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LogEdges(Vector256<float> x, Vector256<float> result)
    {
        result = Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(x, Vector256.Create(float.PositiveInfinity)), x, result);
        result = Vector256.ConditionalSelect(Vector256.GreaterThan(x, Vector256<float>.Zero), result, Vector256.Create(float.NaN));
        return Vector256.ConditionalSelect(Vector256.Equals(x, Vector256<float>.Zero), Vector256.Create(float.NegativeInfinity), result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LogErfc(Vector256<float> t)
    {
        var p = Vector256.FusedMultiplyAdd(Vector256.Create(1.6605963537585922e-06f), t, Vector256.Create(-4.649336187867448e-05f));
        p = Vector256.FusedMultiplyAdd(p, t, Vector256.Create(0.0006002250011079013f));
        p = Vector256.FusedMultiplyAdd(p, t, Vector256.Create(-0.004774377681314945f));
        p = Vector256.FusedMultiplyAdd(p, t, Vector256.Create(0.02645941451191902f));
        p = Vector256.FusedMultiplyAdd(p, t, Vector256.Create(-0.11014056205749512f));
        p = Vector256.FusedMultiplyAdd(p, t, Vector256.Create(-0.6317695379257202f));
        p = Vector256.FusedMultiplyAdd(p, t, Vector256.Create(-1.130261778831482f));
        return Vector256.FusedMultiplyAdd(p, t, Vector256.Create(0.0003259053628426045f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> WithSign(Vector256<float> magnitude, Vector256<float> sign) =>
        Vector256.ConditionalSelect(Vector256.Create(-0f), sign, magnitude);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> PowerOfTwo(Vector256<int> exponent) =>
        Vector256.ShiftLeft(exponent + Vector256.Create(127), 23).AsSingle();
}
