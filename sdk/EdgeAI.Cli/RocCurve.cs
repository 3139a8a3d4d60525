namespace EdgeAI.Cli;

/// <summary>How well a score tells two classes apart, whatever the threshold.</summary>
internal sealed class RocCurve
{
    private readonly List<(float Score, bool IsPositive)> _samples = [];

    /// <summary>Samples seen.</summary>
    public int Count => _samples.Count;

    /// <summary>A sample: the higher its score, the more it should be positive.</summary>
    public void Add(float score, bool isPositive) => _samples.Add((score, isPositive));

    /// <summary>The area under the curve: how probably a positive sample scores above a negative one, ties half; NaN without both.</summary>
    public double Area()
    {
        var positives = _samples.Count(sample => sample.IsPositive);
        var negatives = _samples.Count - positives;
        var (rank, sum) = (0, 0.0);
        foreach (var ties in _samples.GroupBy(sample => sample.Score).OrderBy(group => group.Key))
        {
            var (count, hits) = (ties.Count(), ties.Count(sample => sample.IsPositive));
            sum += hits * (rank + ((count + 1) / 2.0));
            rank += count;
        }

        return positives == 0 || negatives == 0 ? double.NaN : (sum - (positives * (positives + 1) / 2.0)) / ((double)positives * negatives);
    }
}
