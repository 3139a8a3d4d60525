namespace EdgeAI.Quantization.Calibration;

/// <summary>
/// The range around zero whose values, quantized to 128 levels, keep a distribution nearest to the original one by the
/// Kullback–Leibler divergence; what lies outside counts to the outermost bins.
/// </summary>
internal static class EntropyRange
{
    private const int Levels = 128;

    /// <summary>What empty bins are lifted by, at the cost of the others.</summary>
    private const double Lift = 0.0001;

    public static TensorRange Find(Histogram histogram)
    {
        var (counts, middle) = (histogram.Counts.ToArray(), histogram.Counts.Length / 2);
        var (best, least) = (middle, double.PositiveInfinity);
        for (var half = Levels / 2; half <= middle; half++)
        {
            var divergence = Divergence(counts, middle - half, Math.Min(middle + half + 1, counts.Length));
            if (divergence < least)
            {
                (best, least) = (half, divergence);
            }
        }

        return new(histogram.Edge(middle - best), histogram.Edge(Math.Min(middle + best + 1, counts.Length)));
    }

    private static double Divergence(long[] counts, int start, int end)
    {
        var inside = counts.AsSpan(start, end - start);
        var reference = inside.ToArray();
        reference[0] += Sum(counts.AsSpan(0, start));
        reference[^1] += Sum(counts.AsSpan(end));
        return Smooth(reference) is { } p && Smooth(Quantize(inside, reference)) is { } q ? Divergence(p, q) : double.PositiveInfinity;
    }

    /// <summary>Bins joined to levels, each level spread evenly over its bins again, in whole numbers.</summary>
    private static long[] Quantize(ReadOnlySpan<long> inside, long[] reference)
    {
        var spread = new long[inside.Length];
        var width = inside.Length / Levels;
        for (var level = 0; level < Levels; level++)
        {
            var start = level * width;
            var sum = Sum(level == Levels - 1 ? inside[start..] : inside.Slice(start, width));
            var filled = reference.AsSpan(start, width).ToArray().Count(count => count != 0);
            if (filled > 0)
            {
                spread.AsSpan(start, width).Fill((long)(sum / (double)filled));
            }
        }

        return spread;
    }

    /// <summary>Counts without zeros; null where all are zero, or too few are not.</summary>
    private static float[]? Smooth(long[] counts)
    {
        var zeros = counts.Count(count => count == 0);
        var cost = Lift * zeros / (counts.Length - zeros);
        return cost < 1 ? [.. counts.Select(count => (float)(count == 0 ? Lift : count - cost))] : null;
    }

    private static double Divergence(float[] p, float[] q)
    {
        var (sumP, sumQ, divergence) = (p.Sum(value => (double)value), q.Sum(value => (double)value), 0.0);
        for (var i = 0; i < p.Length; i++)
        {
            divergence += p[i] / sumP * Math.Log(p[i] / sumP / (q[i] / sumQ));
        }

        return divergence;
    }

    private static long Sum(ReadOnlySpan<long> counts)
    {
        var sum = 0L;
        foreach (var count in counts)
        {
            sum += count;
        }

        return sum;
    }
}
