using System.Collections.Immutable;

namespace EdgeAI.Quantization.Arithmetic;

/// <summary>A bias has the scale input · weight; where that is so small that the bias would pass Int32, the weight's scale is raised.</summary>
internal static class BiasRoom
{
    private const double Margin = 1.0001;
    private const double Integers = int.MaxValue - (int.MinValue + 1.0);

    /// <summary>The weight's scales, each raised where its bias (or the largest, where one scale is for all) needs it.</summary>
    public static ImmutableArray<float> Widen(ImmutableArray<float> weightScales, float inputScale, ReadOnlySpan<float> bias)
    {
        var scales = weightScales.ToArray();
        if (scales.Length == 1)
        {
            scales[0] = Widen(scales[0], inputScale, LargestMagnitude(bias));
            return [.. scales];
        }

        for (var i = 0; i < Math.Min(scales.Length, bias.Length); i++)
        {
            scales[i] = Widen(scales[i], inputScale, MathF.Abs(bias[i]));
        }

        return [.. scales];
    }

    private static float Widen(float weightScale, float inputScale, float magnitude)
    {
        var smallest = Margin * (2.0 * magnitude) / Integers;
        var candidate = (double)inputScale * weightScale;
        return candidate < smallest && candidate > 0 ? (float)(weightScale * (smallest / candidate)) : weightScale;
    }

    private static float LargestMagnitude(ReadOnlySpan<float> values)
    {
        var largest = 0f;
        foreach (var value in values)
        {
            largest = MathF.Max(largest, MathF.Abs(value));
        }

        return largest;
    }
}
