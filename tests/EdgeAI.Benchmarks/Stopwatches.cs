using System.Diagnostics;

namespace EdgeAI.Benchmarks;

/// <summary>Small loops that measure. Things to be compared are measured in turn, so that both see the same weather.</summary>
internal static class Stopwatches
{
    /// <summary>Milliseconds of one call.</summary>
    public static double Milliseconds(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    /// <summary>Median milliseconds of each action, measured in turn, after one call of each to warm up.</summary>
    public static double[] Medians(int rounds, params Action[] actions) => [.. Times(rounds, actions).Select(Median)];

    /// <summary>Milliseconds of each round of each action, measured in turn, after one call of each to warm up.</summary>
    public static IReadOnlyList<double>[] Times(int rounds, params Action[] actions)
    {
        var times = actions.Select(_ => new List<double>()).ToArray();
        foreach (var action in actions)
        {
            action();
        }

        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < actions.Length; i++)
            {
                times[i].Add(Milliseconds(actions[i]));
            }
        }

        return times;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN
            : sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
