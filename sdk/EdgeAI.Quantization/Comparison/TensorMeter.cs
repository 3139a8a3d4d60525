using EdgeAI.Hal;

namespace EdgeAI.Quantization.Comparison;

/// <summary>Compares one activation of both models.</summary>
internal sealed class TensorMeter(TensorReport tensor)
{
    private readonly NoiseMeter _noise = new();
    private readonly ValueHistogram _histogram = new(tensor.Range);

    public void Add(ReadOnlySpan<float> expected, ReadOnlySpan<byte> integers)
    {
        _noise.Add(expected, integers, tensor.Type == DataType.Int8, tensor.Parameters.Scales[0], tensor.Parameters.ZeroPoints[0]);
        _histogram.Add(expected);
    }

    public TensorReport Complete() => tensor with { Sqnr = _noise.Sqnr, Histogram = [.. _histogram.Counts] };
}
