using System.Collections.Immutable;

namespace EdgeAI.Runtime.Contracts;

/// <summary>What a plan comes to, in numbers.</summary>
/// <param name="Host">Id of the host.</param>
/// <param name="Devices">Every device that was asked, the host first.</param>
/// <param name="Seconds">Predicted time of one inference.</param>
/// <param name="Joules">Predicted energy; NaN where a step's is not known.</param>
/// <param name="Segments">Executables started per inference.</param>
/// <param name="Rows">A row per device.</param>
internal sealed record PlanFigures(
    string Host, ImmutableArray<string> Devices, double Seconds, double Joules, int Segments, ImmutableArray<DeviceTotals> Rows)
{
    public static PlanFigures Of(Plan plan)
    {
        ImmutableArray<string> devices = [.. plan.Devices.Take(1).Select(device => device.Id).Concat(plan.Report.Operators.SelectMany(row => row.Answers.Select(answer => answer.Device))).Concat(plan.Devices.Select(device => device.Id)).Distinct()];
        return new PlanFigures(
            devices[0], devices, plan.PredictedSeconds, plan.Steps.Sum(step => step.Predicted.EnergyJoules), plan.Steps.OfType<RunStep>().Count(),
            [.. devices.Select(device => DeviceTotals.Of(plan, device))]);
    }
}
