namespace EdgeAI.Runtime;

/// <summary>A device's part of a plan.</summary>
/// <param name="Device">Its id.</param>
/// <param name="Operators">Operators that it runs.</param>
/// <param name="Segments">Executables started on it.</param>
/// <param name="Seconds">Time of its steps.</param>
/// <param name="Joules">Energy of its steps; NaN where one is not known.</param>
/// <param name="CopiedBytes">Bytes copied to it.</param>
/// <param name="Refused">Operators that it refused.</param>
public sealed record DeviceTotals(string Device, int Operators, int Segments, double Seconds, double Joules, long CopiedBytes, int Refused)
{
    internal static DeviceTotals Of(Plan plan, string device)
    {
        var runs = plan.Steps.OfType<RunStep>().Where(step => plan.Devices[plan.Executables[step.Executable].Device].Id == device).ToList();
        var copies = plan.Steps.OfType<CopyStep>().Where(step => plan.Devices[plan.Tensors[step.To].Device].Id == device);
        return new DeviceTotals(
            device, plan.Report.Operators.Count(row => row.Device == device), runs.Count, runs.Sum(step => step.Predicted.Seconds),
            runs.Sum(step => step.Predicted.EnergyJoules), copies.Sum(step => step.Predicted.BytesMoved),
            plan.Report.Operators.Count(row => row.Answers.Any(answer => answer.Device == device && !answer.IsSupported)));
    }
}
