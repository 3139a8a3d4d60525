namespace EdgeAI.Quantization.Comparison;

/// <summary>Compares one output of both models, quantized or not.</summary>
internal sealed class OutputMeter(TensorReport? tensor)
{
    private readonly ValueHistogram? _histogram = tensor is null ? null : new(tensor.Range);

    public NoiseMeter Noise { get; } = new();

    public void Add(ReadOnlySpan<float> expected, ReadOnlySpan<float> found)
    {
        Noise.Add(expected, found);
        _histogram?.Add(expected);
    }

    /// <summary>The report of the output's tensor; null where it is not quantized.</summary>
    public TensorReport? Complete() => tensor is null ? null : tensor with { Sqnr = Noise.Sqnr, Histogram = [.. _histogram!.Counts] };
}
