using System.Globalization;
using System.Text;

namespace EdgeAI.Runtime;

/// <summary>Plans and traces as tables for people.</summary>
internal static class PlanText
{
    public static string Explain(Plan plan)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{plan.Model}: {plan.Steps.Length} steps, predicted {PlanFormat.Time(plan.PredictedSeconds)} (profile '{plan.Profile}')");
        AppendSteps(text, plan);
        AppendOperators(text, plan);
        var report = plan.Report;
        var verdict = report.Gap <= 1e-9 ? "optimal" : string.Create(CultureInfo.InvariantCulture, $"gap {report.Gap:P2}");
        text.AppendLine(CultureInfo.InvariantCulture, $"placement: {Amount(report, report.Value)} by the {report.Objective}, lower bound {Amount(report, report.LowerBound)}, {verdict} ({report.Solver})");
        if (report is { Value: > 0, Objective: PlanReport.SumObjective })
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"as compiled: {PlanFormat.Time(plan.PredictedSeconds)}, {(plan.PredictedSeconds - report.Value) / report.Value:+0.0 %;-0.0 %} against that sum (prefetch, fusion, borders)");
        }

        AppendTotals(text, plan);
        foreach (var item in report.WhatIfs)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"what if: {item}");
        }

        foreach (var note in report.Notes)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"note: {note}");
        }

        return text.ToString();
    }

    private static void AppendTotals(StringBuilder text, Plan plan)
    {
        text.AppendLine();
        text.AppendLine("  device  operators  refused  segments  predicted    energy  copied to it");
        foreach (var row in plan.Totals())
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {row.Device,-6} {row.Operators,10} {row.Refused,8} {row.Segments,9} {PlanFormat.Time(row.Seconds),10} {PlanFormat.Energy(row.Joules),9} {row.CopiedBytes / 1024.0,10:0} K");
        }

        text.AppendLine();
    }

    /// <summary>What a step is, in a few words.</summary>
    public static string Describe(Plan plan, PlanStep step) => step switch
    {
        RunStep run => plan.Executables[run.Executable] is var executable && executable.Nodes.Length == 1
            ? executable.Nodes[0]
            : $"{executable.Nodes[0]} … {executable.Nodes[^1]} ({executable.Nodes.Length} nodes)",
        CopyStep copy => $"copy {plan.Tensors[copy.From].Spec.Name} to {plan.Devices[plan.Tensors[copy.To].Device].Id}",
        _ => "?",
    };

    /// <summary>Id of the device that does a step; the target's for a copy.</summary>
    public static string DeviceOf(Plan plan, PlanStep step) => step switch
    {
        RunStep run => plan.Devices[plan.Executables[run.Executable].Device].Id,
        CopyStep copy => $"{plan.Devices[plan.Tensors[copy.From].Device].Id}→{plan.Devices[plan.Tensors[copy.To].Device].Id}",
        _ => "?",
    };

    private static void AppendSteps(StringBuilder text, Plan plan)
    {
        text.AppendLine();
        text.AppendLine("  step  device     predicted      moved  what");
        for (var i = 0; i < plan.Steps.Length; i++)
        {
            var step = plan.Steps[i];
            text.AppendLine(CultureInfo.InvariantCulture, $"  {i,4}  {DeviceOf(plan, step),-9} {PlanFormat.Time(step.Predicted.Seconds),10} {step.Predicted.BytesMoved / 1024.0,8:0.0} K  {Describe(plan, step)}");
        }

        text.AppendLine();
    }

    private static void AppendOperators(StringBuilder text, Plan plan)
    {
        text.AppendLine("  operator                                         device  predicted  other devices");
        foreach (var row in plan.Report.Operators)
        {
            var others = row.Answers.Where(answer => answer.Device != row.Device).Select(Answer);
            text.AppendLine(CultureInfo.InvariantCulture, $"  {Clip($"{row.Operator} {row.Node}", 48),-48} {row.Device,-6} {PlanFormat.Time(row.Predicted.Seconds),10}  {string.Join("; ", others)}");
        }

        text.AppendLine();
    }

    private static string Answer(DeviceAnswer answer) =>
        answer.IsSupported ? $"{answer.Device} {PlanFormat.Time(answer.Seconds)}" : $"{answer.Device} no ({answer.Constraint}: {answer.Reason})";

    private static string Clip(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";

    private static string Amount(PlanReport report, double value) => report.Objective == PlanReport.EnergyObjective ? PlanFormat.Energy(value) : PlanFormat.Time(value);
}
