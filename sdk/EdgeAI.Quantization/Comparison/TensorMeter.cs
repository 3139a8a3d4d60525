using EdgeAI.Hal;

namespace EdgeAI.Quantization.Comparison;

/// <summary>Compares one activation of both models.</summary>
internal sealed class TensorMeter(TensorReport tensor)
{
    private readonly NoiseMeter _noise = new();
    private readonly ValueHistogram _histogram = new(tensor.Range);

    /// <summary>False where both are not of one size, as results can be whose size depends on data: they are not compared.</summary>
    public bool TryAdd(ReadOnlySpan<float> expected, ReadOnlySpan<byte> integers)
    {
        if (expected.Length != integers.Length)
        {
            return false;
        }

        _noise.Add(expected, integers, tensor.Type == DataType.Int8, tensor.Parameters.Scales[0], tensor.Parameters.ZeroPoints[0]);
        _histogram.Add(expected);
        return true;
    }

    public TensorReport Complete() => tensor with { Sqnr = _noise.Sqnr, Histogram = [.. _histogram.Counts] };
}
