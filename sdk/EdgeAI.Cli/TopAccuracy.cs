namespace EdgeAI.Cli;

/// <summary>How often the right class is the best one, and among the best five.</summary>
internal sealed class TopAccuracy
{
    private const int Few = 5;

    private int _first;
    private int _amongFew;

    /// <summary>Samples seen.</summary>
    public int Count { get; private set; }

    /// <summary>Share of samples whose class has the highest score; NaN before any.</summary>
    public double Top1 => Count == 0 ? double.NaN : _first / (double)Count;

    /// <summary>Share of samples whose class is among the five highest.</summary>
    public double Top5 => Count == 0 ? double.NaN : _amongFew / (double)Count;

    /// <summary>A sample's scores, one per class, and its class. Of equal scores the first counts as the higher one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public void Add(ReadOnlySpan<float> scores, int label)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)label, (uint)scores.Length, nameof(label));
        var better = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            better += scores[i] > scores[label] || (scores[i] == scores[label] && i < label) ? 1 : 0;
        }

        Count++;
        _first += better == 0 ? 1 : 0;
        _amongFew += better < Few ? 1 : 0;
    }
}
