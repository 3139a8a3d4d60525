namespace EdgeAI.Quantization.Comparison;

/// <summary>Compares one output of both models, quantized or not.</summary>
internal sealed class OutputMeter(TensorReport? tensor)
{
    private readonly ValueHistogram? _histogram = tensor is null ? null : new(tensor.Range);

    public NoiseMeter Noise { get; } = new();

    /// <inheritdoc cref="TensorMeter.TryAdd"/>
    public bool TryAdd(ReadOnlySpan<float> expected, ReadOnlySpan<float> found)
    {
        if (expected.Length != found.Length)
        {
            return false;
        }

        Noise.Add(expected, found);
        _histogram?.Add(expected);
        return true;
    }

    /// <summary>The report of the output's tensor; null where it is not quantized.</summary>
    public TensorReport? Complete() => tensor is null ? null : tensor with { Sqnr = Noise.Sqnr, Histogram = [.. _histogram!.Counts] };
}
