namespace EdgeAI.Quantization.Calibration;

/// <summary>Sees one activation sample after sample and keeps a summary of constant size.</summary>
internal abstract class TensorObserver
{
    /// <summary>Samples that held NaN or infinity.</summary>
    public int NonFiniteSamples { get; private set; }

    /// <summary>The range that the tensor should have; null before any element was seen.</summary>
    public abstract TensorRange? Range { get; }

    public void Observe(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        var range = RangeScan.Of(values);
        if (range.IsFinite)
        {
            Add(values, range);
        }
        else
        {
            NonFiniteSamples++;
        }
    }

    /// <summary>One sample, all of it finite, with its smallest and largest element.</summary>
    protected abstract void Add(ReadOnlySpan<float> values, TensorRange range);
}
