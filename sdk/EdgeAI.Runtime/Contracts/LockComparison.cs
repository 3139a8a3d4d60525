using System.Collections.Immutable;
using System.Globalization;

namespace EdgeAI.Runtime.Contracts;

/// <summary>A plan against the contract of an earlier one.</summary>
internal sealed class LockComparison
{
    private const int Named = 8;

    private readonly PlanLock _was;
    private readonly PlanLock _is;
    private readonly double _tolerance;
    private readonly ImmutableArray<PlanDifference>.Builder _differences = ImmutableArray.CreateBuilder<PlanDifference>();

    private LockComparison(PlanLock was, Plan plan, double tolerance) => (_was, _is, _tolerance) = (was, PlanLock.Of(plan), tolerance);

    public static ImmutableArray<PlanDifference> Run(PlanLock was, Plan plan, double tolerance)
    {
        var comparison = new LockComparison(was, plan, tolerance);
        comparison.CompareCoverage(plan);
        comparison.CompareNumber("latency", was.PredictedSeconds, comparison._is.PredictedSeconds, PlanFormat.Time);
        comparison.CompareNumber("energy", was.EnergyJoules ?? double.NaN, comparison._is.EnergyJoules ?? double.NaN, PlanFormat.Energy);
        comparison.CompareSegments();
        return comparison._differences.ToImmutable();
    }

    private void CompareCoverage(Plan plan)
    {
        var host = plan.Devices[0].Id;
        var (was, now) = (Accelerated(_was, host), Accelerated(_is, host));
        var moved = Moved();
        if (was == now && moved.Count == 0 && _was.Operators.Length == _is.Operators.Length)
        {
            return;
        }

        // Of another number of operators the parts are compared: a change of the model is no loss by itself.
        var isWorse = (double)now * _was.Operators.Length < (double)was * _is.Operators.Length;
        Add("coverage", isWorse, $"{was} of {_was.Operators.Length} operators ran on other devices than '{host}'; now {now} of {_is.Operators.Length}{Lines(moved)}");
    }

    private List<string> Moved()
    {
        var now = _is.Operators.GroupBy(row => row.Node, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        var before = _was.Operators.Select(row => row.Node).ToHashSet(StringComparer.Ordinal);
        var moved = _was.Operators.Where(row => !now.TryGetValue(row.Node, out var here) || here.Device != row.Device)
            .Select(row => now.TryGetValue(row.Node, out var here) ? $"{row.Operator} {row.Node}: {row.Device} → {here.Device}" : $"{row.Operator} {row.Node}: was on {row.Device}, is not there any more");
        return [.. moved, .. _is.Operators.Where(row => !before.Contains(row.Node)).Select(row => $"{row.Operator} {row.Node}: new, on {row.Device}")];
    }

    private void CompareNumber(string what, double was, double now, Func<double, string> format)
    {
        const double Rounding = 1e-9;
        if (double.IsNaN(was) || double.IsNaN(now) || Math.Abs(now - was) <= was * Rounding)
        {
            return;
        }

        var isWorse = now > was * (1 + _tolerance + Rounding);
        var change = was > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({(now - was) / was:+0.0 %;-0.0 %})") : "";
        var allowed = isWorse ? string.Create(CultureInfo.InvariantCulture, $"; {_tolerance:0.#%} more is allowed") : "";
        Add(what, isWorse, $"{format(was)} → {format(now)}{change}{allowed}");
    }

    private void CompareSegments()
    {
        if (_was.Segments != _is.Segments)
        {
            Add("segments", _is.Segments > _was.Segments, string.Create(CultureInfo.InvariantCulture, $"{_was.Segments} → {_is.Segments} executables started per inference"));
        }
    }

    private void Add(string what, bool isWorse, string text) => _differences.Add(new PlanDifference(what, isWorse, text));

    private static int Accelerated(PlanLock plan, string host) => plan.Operators.Count(row => row.Device != host);

    private static string Lines(List<string> lines) =>
        string.Concat(lines.Take(Named).Select(line => "\n  " + line)) + (lines.Count > Named ? $"\n  … and {lines.Count - Named} more" : "");
}
