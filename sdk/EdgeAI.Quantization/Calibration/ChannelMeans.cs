using EdgeAI.Hal;

namespace EdgeAI.Quantization.Calibration;

/// <summary>The mean of an activation over all samples, per channel (axis 1).</summary>
internal sealed class ChannelMeans
{
    private double[] _sums = [];
    private long _count;
    private bool _differs;

    /// <summary>Null while nothing was seen, or where samples had different numbers of channels.</summary>
    public float[]? Means => _count > 0 && !_differs ? [.. _sums.Select(sum => (float)(sum / _count))] : null;

    public void Add(ReadOnlySpan<float> values, Shape shape)
    {
        if (shape.Rank < 2 || values.IsEmpty)
        {
            return;
        }

        var channels = (int)shape[1].Value;
        var inner = values.Length / ((int)shape[0].Value * channels);
        if (_sums.Length == 0)
        {
            _sums = new double[channels];
        }

        if (channels != _sums.Length)
        {
            _differs = true;
            return;
        }

        for (var start = 0; start < values.Length; start += inner)
        {
            _sums[start / inner % channels] += Sum(values.Slice(start, inner));
        }

        _count += shape[0].Value * inner;
    }

    private static double Sum(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }
}
