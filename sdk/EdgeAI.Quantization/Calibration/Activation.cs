using EdgeAI.Hal;

namespace EdgeAI.Quantization.Calibration;

/// <summary>What is wanted of one activation: its range, the means of its channels, or both.</summary>
internal sealed record Activation(TensorObserver? Range, ChannelMeans? Means)
{
    public void Observe(ReadOnlySpan<float> values, Shape shape)
    {
        Range?.Observe(values);
        Means?.Add(values, shape);
    }
}
