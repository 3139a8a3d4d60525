namespace EdgeAI.Quantization;

/// <summary>Signal against quantization noise, summed over samples.</summary>
public sealed class NoiseMeter
{
    private double _signal;
    private double _noise;

    /// <summary>10 · log10(signal power / noise power) in decibels: infinite without noise, NaN before any value.</summary>
    public double Sqnr => _noise == 0 ? (_signal == 0 && Count == 0 ? double.NaN : double.PositiveInfinity) : 10 * Math.Log10(_signal / _noise);

    /// <summary>Values compared.</summary>
    public long Count { get; private set; }

    /// <summary>Values of the float model and what the quantized model has in their place.</summary>
    /// <exception cref="ArgumentException">There are not as many of both.</exception>
    public void Add(ReadOnlySpan<float> expected, ReadOnlySpan<float> found)
    {
        RequireEqual(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Add(expected[i], found[i]);
        }
    }

    /// <summary>Integers in the place of values.</summary>
    internal void Add(ReadOnlySpan<float> expected, ReadOnlySpan<byte> integers, bool isSigned, float scale, int zeroPoint)
    {
        RequireEqual(expected.Length, integers.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Add(expected[i], ((isSigned ? unchecked((sbyte)integers[i]) : integers[i]) - zeroPoint) * scale);
        }
    }

    /// <summary>One value.</summary>
    public void Add(float expected, float found)
    {
        var error = (double)expected - found;
        _signal += (double)expected * expected;
        _noise += error * error;
        Count++;
    }

    private static void RequireEqual(int expected, int found)
    {
        if (expected != found)
        {
            throw new ArgumentException($"{expected} values cannot be compared with {found}.", nameof(found));
        }
    }
}
