namespace EdgeAI.Quantization.Arithmetic;

/// <summary>real = (q − zero point) · scale.</summary>
internal readonly record struct AffineParameters(float Scale, int ZeroPoint)
{
    /// <summary>The smallest normal number of binary32: a smaller scale would be no divisor.</summary>
    private const double SmallestScale = 1.17549435e-38;

    /// <summary>
    /// Scale and zero point for a range of real values. The range is widened to hold zero; the width is taken in binary32, scale
    /// and zero point are computed in binary64 and the scale rounded at last, as ONNX Runtime's quantizer does, so that both
    /// agree bit by bit. A range of no width has scale 1 and zero point 0.
    /// </summary>
    public static AffineParameters Choose(TensorRange range, IntegerRange integers, bool isSymmetric, float? minimumRange = null)
    {
        var (low, high) = (MathF.Min(range.Minimum, 0), MathF.Max(range.Maximum, 0));
        high = minimumRange is { } width ? MathF.Max(high, low + width) : high;
        if (isSymmetric)
        {
            high = MathF.Max(MathF.Abs(low), MathF.Abs(high));
            low = -high;
        }

        var scale = Width(low, high) / (integers.Maximum - (double)integers.Minimum);
        if (scale < SmallestScale)
        {
            return new(1, 0);
        }

        var zeroPoint = isSymmetric ? (integers.Minimum + integers.Maximum) / 2.0 : integers.Minimum - (low / scale);
        return new((float)scale, (int)Math.Round(zeroPoint, MidpointRounding.ToEven));
    }

    /// <summary>In binary32 where that holds it, so that the scale of a range as wide as binary32 itself stays a number.</summary>
    private static double Width(float low, float high) =>
        high - low is var width && float.IsFinite(width) ? width : (double)high - low;
}
