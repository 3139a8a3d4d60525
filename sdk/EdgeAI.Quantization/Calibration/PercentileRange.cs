namespace EdgeAI.Quantization.Calibration;

/// <summary>The range that holds a share of all values.</summary>
internal static class PercentileRange
{
    /// <summary>The same share is cut off at either end.</summary>
    public static TensorRange Find(Histogram histogram, double percentile)
    {
        var cut = (100 - percentile) / 200;
        return new(histogram.Edge(Reach(histogram.Counts, cut)), histogram.Edge(Reach(histogram.Counts, 1 - cut)));
    }

    /// <summary>The largest magnitudes are cut off.</summary>
    public static TensorRange FindSymmetric(Histogram histogram, double percentile)
    {
        var half = histogram.Counts.Length / 2;
        var magnitudes = new long[half];
        for (var i = 0; i < half; i++)
        {
            magnitudes[i] = histogram.Counts[half + i] + histogram.Counts[half - 1 - i];
        }

        var threshold = histogram.Edge(half + Reach(magnitudes, percentile / 100));
        return new(-threshold, threshold);
    }

    /// <summary>The first bin with which the share is reached.</summary>
    private static int Reach(ReadOnlySpan<long> counts, double share)
    {
        var total = 0L;
        foreach (var count in counts)
        {
            total += count;
        }

        var sum = 0.0;
        for (var i = 0; i < counts.Length; i++)
        {
            sum += counts[i] / (double)total;
            if (sum >= share)
            {
                return i;
            }
        }

        return counts.Length;
    }
}
