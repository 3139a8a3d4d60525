using System.Globalization;
using System.Text;

namespace EdgeAI.Runtime.Contracts;

/// <summary>Holds requirements against a plan and writes the difference for people.</summary>
internal sealed class RequirementCheck
{
    private const int Named = 5;

    private readonly PlanRequirements _required;
    private readonly Plan _plan;
    private readonly PlanFigures _figures;
    private readonly List<string> _differences = [];

    private RequirementCheck(PlanRequirements required, Plan plan) => (_required, _plan, _figures) = (required, plan, PlanFigures.Of(plan));

    public static void Run(PlanRequirements required, Plan plan)
    {
        var check = new RequirementCheck(required, plan);
        check.RefuseImpossible();
        check.CheckCoverage();
        check.CheckLatency();
        check.CheckEnergy();
        check.CheckSegments();
        if (check._differences.Count > 0)
        {
            throw new PlanRequirementException($"The plan of '{plan.Model}' (profile '{plan.Profile}') is not what was required:\n{string.Join('\n', check._differences)}");
        }
    }

    private void RefuseImpossible()
    {
        var devices = _figures.Devices;
        RefuseUnless(_required.Coverage is null or (>= 0 and <= 1), "coverage", _required.Coverage, "a part of the operators, 0 to 1");
        RefuseUnless(_required.MaxLatency is null || _required.MaxLatency > TimeSpan.Zero, "maxLatency", _required.MaxLatency?.TotalSeconds, "a time above 0");
        RefuseUnless(_required.MaxEnergyJoules is null or > 0, "maxEnergy", _required.MaxEnergyJoules, "joules above 0");
        RefuseUnless(_required.MaxSegments is null or >= 1, "maxSegments", _required.MaxSegments, "at least 1: a model starts at least one executable");
        if (_required.Device is { } device && !devices.Contains(device))
        {
            throw new PlanRequirementException($"No plan can use device '{device}': the devices here are {string.Join(", ", devices)}. Add it to the runtime, or require another.");
        }
    }

    private static void RefuseUnless(bool isPossible, string name, double? value, string expected)
    {
        if (!isPossible)
        {
            throw new PlanRequirementException(string.Create(CultureInfo.InvariantCulture, $"No plan can hold {name} = {value}; expected {expected}."));
        }
    }

    private void CheckCoverage()
    {
        var operators = _plan.Report.Operators;
        var elsewhere = operators.Where(row => _required.Device is { } device ? row.Device != device : row.Device == _figures.Host).ToList();
        var found = operators.Length - elsewhere.Count;
        var asked = _required.Coverage ?? (_required.Device is null ? 0 : double.Epsilon);
        if (operators.Length > 0 && (double)found / operators.Length < asked)
        {
            var place = _required.Device is { } device ? $"on '{device}'" : $"on another device than '{_figures.Host}'";
            var expected = _required.Coverage is { } coverage ? string.Create(CultureInfo.InvariantCulture, $"at least {coverage:0.0 %}") : "at least one";
            var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"  coverage: {found} of {operators.Length} operators ({(double)found / operators.Length:0.0 %}) run {place}; required is {expected}. Not there:"));
            AppendReasons(text, elsewhere);
            _differences.Add(text.ToString());
        }
    }

    private void CheckLatency()
    {
        if (_required.MaxLatency is { } most && _figures.Seconds > most.TotalSeconds)
        {
            var bound = _plan.Report is { Objective: PlanReport.SumObjective } report && report.LowerBound > most.TotalSeconds
                ? $" No placement on these devices takes less than {PlanFormat.Time(report.LowerBound)} as the sum of its operators: add a device, or allow more." : "";
            _differences.Add($"  latency: predicted {PlanFormat.Time(_figures.Seconds)}; required is at most {PlanFormat.Time(most.TotalSeconds)}.{bound} What takes most:{Largest(row => row.Predicted.Seconds, PlanFormat.Time)}");
        }
    }

    private void CheckEnergy()
    {
        if (_required.MaxEnergyJoules is { } most && !(_figures.Joules <= most))
        {
            _differences.Add(double.IsNaN(_figures.Joules)
                ? $"  energy: not known for this plan; required is at most {PlanFormat.Energy(most)}. A device in it gives no energy: do not require one."
                : $"  energy: predicted {PlanFormat.Energy(_figures.Joules)}; required is at most {PlanFormat.Energy(most)}. What takes most:{Largest(row => row.Predicted.EnergyJoules, PlanFormat.Energy)}");
        }
    }

    private void CheckSegments()
    {
        if (_required.MaxSegments is { } most && _figures.Segments > most)
        {
            var starts = _plan.Report.Operators.GroupBy(row => row.Segment).OrderBy(group => group.Key).Select(group => $"\n    segment {group.Key} on {group.First().Device}: {group.First().Node} … ({group.Count()} operators)");
            _differences.Add($"  segments: {_figures.Segments}; required is at most {most}. They begin at:{string.Concat(starts.Take(Named * 2))}");
        }
    }

    private string Largest(Func<OperatorReport, double> cost, Func<double, string> format) => string.Concat(
        _plan.Report.Operators.Where(row => double.IsFinite(cost(row))).OrderByDescending(cost).Take(Named).Select(row => $"\n    {row.Operator} {row.Node} on {row.Device}: {format(cost(row))}"));

    /// <summary>Operators by the reason why they are elsewhere, most of them first.</summary>
    private void AppendReasons(StringBuilder text, List<OperatorReport> elsewhere)
    {
        foreach (var group in elsewhere.GroupBy(Reason).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).Take(Named))
        {
            var nodes = string.Join(", ", group.Take(Named).Select(row => $"{row.Operator} {row.Node}"));
            text.Append(CultureInfo.InvariantCulture, $"\n    {group.Count()} × {group.Key}: {nodes}{(group.Count() > Named ? ", …" : "")}");
        }
    }

    private string Reason(OperatorReport row)
    {
        var asked = row.Answers.Where(answer => _required.Device is { } device ? answer.Device == device : answer.Device != _figures.Host).ToList();
        return asked.Count == 0 ? "there is no such device here"
            : asked.Find(answer => answer.IsSupported) is { } supported ? $"{supported.Device} would take it, but the whole is faster like this"
            : string.Join("; ", asked.Select(answer => $"{answer.Device} refuses ({answer.Constraint})"));
    }
}
