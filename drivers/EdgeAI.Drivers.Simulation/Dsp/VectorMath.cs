using System.Runtime.CompilerServices;

namespace EdgeAI.Drivers.Simulation.Dsp;

/// <summary>
/// The unit's own approximations on float32 lanes. Each lane is computed alone, by IEEE operations in a fixed order and
/// explicit fused multiply-adds, so results are equal on every host. The coefficients are Chebyshev fits made for this file;
/// the greatest errors are measured by the tests and stated in docs/dsp.md.
/// </summary>
internal static class VectorMath
{
    /// <summary>e^x: x = n·ln 2 + r with |r| ≤ ln 2 / 2, a polynomial of degree 6 in r, two exact scalings by powers of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x)
        where T : struct, IFloatVector<T>
    {
        var bounded = T.Min(T.Max(x, T.Of(-104f)), T.Of(89f));
        var n = T.Round(bounded * T.Of(1.44269502f));
        var r = T.Fma(n, T.Of(-0.693115234375f), bounded);
        r = T.Fma(n, T.Of(-3.194618329871446e-05f), r);
        var p = T.Fma(T.Of(0.0013926250394433737f), r, T.Of(0.00836323294788599f));
        p = T.Fma(p, r, T.Of(0.04166655242443085f));
        p = T.Fma(p, r, T.Of(0.16666576266288757f));
        p = T.Fma(p, r, T.Of(0.5f));
        p = T.Fma(p, r * r, r) + T.Of(1f);
        return T.Scale(p, n);
    }

    /// <summary>ln x: x = 2^e·(1 + f) with 1 + f in [√½, √2), a polynomial of degree 11 in f.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Log<T>(T x)
        where T : struct, IFloatVector<T>
    {
        var isSmall = T.Less(x, T.Of(1.17549435e-38f));
        var scaled = T.Select(isSmall, x * T.Of(8388608f), x);
        var f = T.Split(scaled, out var e) - T.Of(1f);
        e -= T.And(isSmall, T.Of(23f));
        var square = f * f;
        var low = T.Fma(e, T.Of(3.194618329871446e-05f), LogTail(f) * f * square);
        low = T.Fma(square, T.Of(-0.5f), low);
        var result = T.Fma(e, T.Of(0.693115234375f), f + low);
        return LogEdges(x, result);
    }

    /// <summary>tanh x: an odd polynomial below 0.625, above it 1 − 2 / (e^2|x| + 1) with the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Tanh<T>(T x)
        where T : struct, IFloatVector<T>
    {
        var magnitude = T.Abs(x);
        var z = x * x;
        var p = T.Fma(T.Of(-0.006096714176237583f), z, T.Of(0.020997179672122f));
        p = T.Fma(p, z, T.Of(-0.05385090783238411f));
        p = T.Fma(p, z, T.Of(0.1333276927471161f));
        p = T.Fma(p, z, T.Of(-0.333333283662796f));
        var near = T.Fma(p * z, x, x);
        var far = T.Of(1f) - (T.Of(2f) / (Exp(magnitude + magnitude) + T.Of(1f)));
        return T.Select(T.Less(magnitude, T.Of(0.625f)), near, WithSign(far, x));
    }

    /// <summary>1 / (1 + e^−x) as e / (1 + e) with e = e^−|x|, or 1 / (1 + e) for x ≥ 0: small results keep their relative accuracy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sigmoid<T>(T x)
        where T : struct, IFloatVector<T>
    {
        var e = Exp(-T.Abs(x));
        var numerator = T.Select(T.LessOrEqual(T.Of(0f), x), T.Of(1f), e);
        return numerator / (T.Of(1f) + e);
    }

    /// <summary>erf x: an odd polynomial below 0.9375, above it 1 − e^q(|x|) with a polynomial q for ln erfc, and the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Erf<T>(T x)
        where T : struct, IFloatVector<T>
    {
        var magnitude = T.Abs(x);
        var z = x * x;
        var p = T.Fma(T.Of(8.282021735794842e-05f), z, T.Of(-0.0008122038561850786f));
        p = T.Fma(p, z, T.Of(0.0051992349326610565f));
        p = T.Fma(p, z, T.Of(-0.02685868926346302f));
        p = T.Fma(p, z, T.Of(0.11283683031797409f));
        p = T.Fma(p, z, T.Of(-0.37612631916999817f));
        p = T.Fma(p, z, T.Of(0.12837916612625122f));
        var near = T.Fma(p, x, x);
        var far = T.Of(1f) - Exp(LogErfc(T.Min(magnitude, T.Of(3.95f))));
        return T.Select(T.Less(magnitude, T.Of(0.9375f)), near, WithSign(far, x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T LogTail<T>(T f)
        where T : struct, IFloatVector<T>
    {
        var p = T.Fma(T.Of(0.06971611827611923f), f, T.Of(-0.11479733884334564f));
        p = T.Fma(p, f, T.Of(0.11685419827699661f));
        p = T.Fma(p, f, T.Of(-0.12425687164068222f));
        p = T.Fma(p, f, T.Of(0.14249058067798615f));
        p = T.Fma(p, f, T.Of(-0.1666780263185501f));
        p = T.Fma(p, f, T.Of(0.20000715553760529f));
        p = T.Fma(p, f, T.Of(-0.2499999701976776f));
        return T.Fma(p, f, T.Of(0.3333333134651184f));
    }

    /// <summary>ln 0 = −∞, ln ∞ = ∞, ln of less than 0 and of NaN = NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T LogEdges<T>(T x, T result)
        where T : struct, IFloatVector<T>
    {
        result = T.Select(T.LessOrEqual(T.Of(float.PositiveInfinity), x), x, result);
        result = T.Select(T.Less(T.Of(0f), x), result, T.Of(float.NaN));
        return T.Select(T.Equal(x, T.Of(0f)), T.Of(float.NegativeInfinity), result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T LogErfc<T>(T t)
        where T : struct, IFloatVector<T>
    {
        var p = T.Fma(T.Of(1.6605963537585922e-06f), t, T.Of(-4.649336187867448e-05f));
        p = T.Fma(p, t, T.Of(0.0006002250011079013f));
        p = T.Fma(p, t, T.Of(-0.004774377681314945f));
        p = T.Fma(p, t, T.Of(0.02645941451191902f));
        p = T.Fma(p, t, T.Of(-0.11014056205749512f));
        p = T.Fma(p, t, T.Of(-0.6317695379257202f));
        p = T.Fma(p, t, T.Of(-1.130261778831482f));
        return T.Fma(p, t, T.Of(0.0003259053628426045f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T WithSign<T>(T magnitude, T sign)
        where T : struct, IFloatVector<T> =>
        T.Select(T.Of(-0f), sign, magnitude);
}
