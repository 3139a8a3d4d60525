namespace EdgeAI.Quantization.Comparison;

/// <summary>How values spread over a known range, for pictures.</summary>
internal sealed class ValueHistogram(TensorRange range)
{
    private const int Bins = 64;

    private readonly long[] _counts = new long[Bins];

    public IReadOnlyList<long> Counts => _counts;

    public void Add(ReadOnlySpan<float> values)
    {
        var perUnit = Bins / Math.Max((double)range.Maximum - range.Minimum, double.Epsilon);
        foreach (var value in values)
        {
            _counts[(int)Math.Clamp((value - range.Minimum) * perUnit, 0, Bins - 1)]++;
        }
    }
}
