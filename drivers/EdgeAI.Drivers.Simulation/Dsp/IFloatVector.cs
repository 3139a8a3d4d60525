namespace EdgeAI.Drivers.Simulation.Dsp;

/// <summary>
/// float32 vectors of the host in one of its widths, with the IEEE operations that the kernels are written in. All operations
/// work lane by lane, so the width changes speed and never a bit.
/// </summary>
internal unsafe interface IFloatVector<T>
    where T : struct, IFloatVector<T>
{
    static abstract int Width { get; }

    static abstract T Of(float value);

    static abstract T Load(float* source);

    void Store(float* destination);

    static abstract T operator +(T a, T b);

    static abstract T operator -(T a, T b);

    static abstract T operator *(T a, T b);

    static abstract T operator /(T a, T b);

    static abstract T operator -(T a);

    /// <summary>a·b + c in one rounding.</summary>
    static abstract T Fma(T a, T b, T c);

    static abstract T Min(T a, T b);

    static abstract T Max(T a, T b);

    /// <summary>The lesser; the other operand where one is NaN.</summary>
    static abstract T MinNumber(T a, T b);

    static abstract T MaxNumber(T a, T b);

    static abstract T Abs(T a);

    static abstract T Sqrt(T a);

    static abstract T Floor(T a);

    static abstract T Ceiling(T a);

    /// <summary>To the nearest whole number, halves to the even one.</summary>
    static abstract T Round(T a);

    /// <summary>All bits of a lane where a &lt; b.</summary>
    static abstract T Less(T a, T b);

    static abstract T LessOrEqual(T a, T b);

    static abstract T Equal(T a, T b);

    /// <summary>Bits of a where the mask is set, else of b.</summary>
    static abstract T Select(T mask, T a, T b);

    /// <summary>Bits that both have.</summary>
    static abstract T And(T a, T b);

    /// <summary>p · 2^n for whole n from −150 to 128, rounded once.</summary>
    static abstract T Scale(T p, T n);

    /// <summary>x = 2^exponent · mantissa with mantissa in [√½, √2), for normal x &gt; 0.</summary>
    static abstract T Split(T x, out T exponent);
}
