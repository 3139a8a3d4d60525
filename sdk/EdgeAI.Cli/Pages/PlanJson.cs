using System.Text.Json;
using EdgeAI.Runtime;

namespace EdgeAI.Cli.Pages;

/// <summary>A plan as a JSON object for programs.</summary>
internal static class PlanJson
{
    public static void Write(Utf8JsonWriter json, Plan plan)
    {
        json.WriteString("model", plan.Model);
        json.WriteString("profile", plan.Profile);
        json.WriteNumberOrNull("predictedSeconds", plan.PredictedSeconds);
        json.WriteString("objective", plan.Report.Objective);
        var unit = plan.Report.Objective == PlanReport.EnergyObjective ? "Joules" : "Seconds";
        json.WriteNumberOrNull($"placement{unit}", plan.Report.Value);
        json.WriteNumberOrNull($"lowerBound{unit}", plan.Report.LowerBound);
        json.WriteNumberOrNull("gap", plan.Report.Gap);
        json.WriteString("solver", plan.Report.Solver);
        List(json, "devices", plan.Totals(), WriteTotals);
        var timeline = PlanTimeline.Predict(plan);
        json.WriteNumberOrNull("makespanSeconds", timeline.MakespanSeconds);
        List(json, "steps", timeline.Steps, (inner, step) => WriteStep(inner, plan, step));
        List(json, "operators", plan.Report.Operators, WriteOperator);
        List(json, "whatIfs", plan.Report.WhatIfs, WriteWhatIf);
        json.WriteStartArray("notes");
        foreach (var note in plan.Report.Notes)
        {
            json.WriteStringValue(note);
        }

        json.WriteEndArray();
    }

    /// <summary>What a contract and a plan differ in.</summary>
    public static void WriteComparison(Utf8JsonWriter json, PlanLock contract, IReadOnlyCollection<PlanDifference> differences)
    {
        json.WriteString("model", contract.Model);
        json.WriteBoolean("isWorse", differences.Any(difference => difference.IsWorse));
        List(json, "differences", differences, (inner, difference) =>
        {
            inner.WriteString("what", difference.What);
            inner.WriteBoolean("isWorse", difference.IsWorse);
            inner.WriteString("text", difference.Text);
        });
    }

    private static void WriteTotals(Utf8JsonWriter json, DeviceTotals row)
    {
        json.WriteString("device", row.Device);
        json.WriteNumber("operators", row.Operators);
        json.WriteNumber("refused", row.Refused);
        json.WriteNumber("segments", row.Segments);
        json.WriteNumberOrNull("predictedSeconds", row.Seconds);
        json.WriteNumberOrNull("energyJoules", row.Joules);
        json.WriteNumber("copiedBytes", row.CopiedBytes);
    }

    private static void WriteStep(Utf8JsonWriter json, Plan plan, TimelineStep timed)
    {
        var step = plan.Steps[timed.Step];
        json.WriteString("device", plan.DeviceName(timed.Step));
        json.WriteString("kind", step is RunStep ? "run" : "copy");
        json.WriteString("lane", timed.Lane);
        json.WriteNumberOrNull("startSeconds", timed.StartSeconds);
        json.WriteNumberOrNull("predictedSeconds", step.Predicted.Seconds);
        json.WriteNumber("bytesMoved", step.Predicted.BytesMoved);
        json.WriteBoolean("isCritical", timed.IsCritical);
    }

    private static void WriteOperator(Utf8JsonWriter json, OperatorReport row)
    {
        json.WriteString("node", row.Node);
        json.WriteString("operator", row.Operator);
        json.WriteString("device", row.Device);
        json.WriteNumberOrNull("predictedSeconds", row.Predicted.Seconds);
        json.WriteStartArray("reads");
        foreach (var read in row.Reads)
        {
            json.WriteNumberValue(read);
        }

        json.WriteEndArray();
        List(json, "answers", row.Answers, WriteAnswer);
    }

    private static void WriteAnswer(Utf8JsonWriter json, DeviceAnswer answer)
    {
        json.WriteString("device", answer.Device);
        json.WriteNumberOrNull("seconds", answer.Seconds);
        json.WriteString("constraint", answer.Constraint);
        json.WriteString("reason", answer.Reason);
    }

    private static void WriteWhatIf(Utf8JsonWriter json, WhatIf item)
    {
        json.WriteString("device", item.Device);
        json.WriteString("operator", item.Operator);
        json.WriteString("constraints", string.Join(", ", item.Constraints));
        json.WriteNumber("count", item.Count);
        json.WriteNumberOrNull("estimatedSeconds", item.EstimatedSeconds);
        json.WriteNumberOrNull("wonSeconds", item.WonSeconds);
    }

    private static void List<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
