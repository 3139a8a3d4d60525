namespace EdgeAI.Quantization.Calibration;

/// <summary>Keeps a histogram, from which the range is found in the end.</summary>
internal sealed class HistogramObserver(Histogram histogram, Func<Histogram, TensorRange> find) : TensorObserver
{
    public override TensorRange? Range => histogram.Range is { } seen ? Clip(find(histogram), seen) : null;

    protected override void Add(ReadOnlySpan<float> values, TensorRange range) => histogram.Add(values, range);

    /// <summary>A range never passes what was seen.</summary>
    private static TensorRange Clip(TensorRange range, TensorRange seen) => new(MathF.Max(range.Minimum, seen.Minimum), MathF.Min(range.Maximum, seen.Maximum));
}
