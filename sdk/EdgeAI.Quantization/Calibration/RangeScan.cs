using System.Numerics;
using System.Runtime.InteropServices;

namespace EdgeAI.Quantization.Calibration;

/// <summary>Smallest and largest element in one pass over memory.</summary>
internal static class RangeScan
{
    /// <summary>The range of the elements, of which there is at least one; NaN at both ends where one is NaN or infinite.</summary>
    public static TensorRange Of(ReadOnlySpan<float> values)
    {
        var (low, high, check) = (values[0], values[0], 0f);
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        if (vectors.Length > 0)
        {
            (low, high, check) = Scan(vectors);
        }

        foreach (var value in values[(vectors.Length * Vector<float>.Count)..])
        {
            low = MathF.Min(low, value);
            high = MathF.Max(high, value);
            check += value * 0;
        }

        return check == 0 ? new(low, high) : new(float.NaN, float.NaN);
    }

    /// <summary>Products with zero are zero for numbers and NaN for all else: their sum tells whether all are numbers.</summary>
    private static (float Low, float High, float Check) Scan(ReadOnlySpan<Vector<float>> vectors)
    {
        var (low, high, check) = (vectors[0], vectors[0], Vector<float>.Zero);
        foreach (var vector in vectors)
        {
            low = Vector.MinNative(low, vector);
            high = Vector.MaxNative(high, vector);
            check += vector * Vector<float>.Zero;
        }

        var (smallest, largest) = (low[0], high[0]);
        for (var i = 1; i < Vector<float>.Count; i++)
        {
            smallest = MathF.Min(smallest, low[i]);
            largest = MathF.Max(largest, high[i]);
        }

        return (smallest, largest, Vector.Sum(check));
    }
}
