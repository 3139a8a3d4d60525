namespace EdgeAI.Testing.Networks;

/// <summary>What a BatchNormalization holds for each channel.</summary>
public sealed record NormParameters(float[] Scale, float[] Bias, float[] Mean, float[] Variance)
{
    /// <summary>Added to the variance.</summary>
    public const float Epsilon = 1e-5f;

    /// <summary>Parameters close to those of a trained network; the scale is around √<paramref name="gain"/>.</summary>
    public static NormParameters Draw(GraphBuilder graph, long channels, double gain)
    {
        var scale = (float)Math.Sqrt(gain);
        return new(
            graph.Draw(channels, 0.8f * scale, 1.2f * scale), graph.Draw(channels, -0.1f, 0.1f),
            graph.Draw(channels, -0.1f, 0.1f), graph.Draw(channels, 0.8f, 1.2f));
    }

    /// <summary>The weights and the bias that do the same without a normalization behind them; each row of weights is a channel.</summary>
    public (float[] Weights, float[] Bias) Fold(float[] weights, float[]? bias)
    {
        var (folded, shift) = ((float[])weights.Clone(), new float[Scale.Length]);
        var row = weights.Length / Scale.Length;
        for (var channel = 0; channel < Scale.Length; channel++)
        {
            var factor = Scale[channel] / MathF.Sqrt(Variance[channel] + Epsilon);
            shift[channel] = Bias[channel] + (((bias?[channel] ?? 0) - Mean[channel]) * factor);
            foreach (ref var weight in folded.AsSpan(channel * row, row))
            {
                weight *= factor;
            }
        }

        return (folded, shift);
    }
}
