using System.CommandLine;
using System.Text.Json;
using EdgeAI.Runtime;

namespace EdgeAI.Cli;

/// <summary>edgeai plan: which operator runs where, at what predicted cost, and why not elsewhere.</summary>
internal static class PlanCommand
{
    private static readonly Option<string?> Output = new("--output", "-o") { Description = "Writes the compiled plan to this file: 'edgeai disasm' prints it, and EdgeAI.Runtime's Executor executes it without an EdgeRuntime ('edgeai run' takes ONNX files only)." };

    public static Command Create()
    {
        var options = new CommonOptions();
        var command = Verb.Create("plan", "Shows which operator runs where, at what predicted cost, and why not elsewhere.", options, parsed => Run(parsed, options));
        options.AddTo(command);
        command.Add(Output);
        return command;
    }

    private static int Run(ParseResult parsed, CommonOptions options)
    {
        if (parsed.GetValue(Output) is "")
        {
            throw new IOException("--output: the path is empty; expected a file to write.");
        }

        using var runtime = options.CreateRuntime(parsed);
        using var model = runtime.Load(options.ModelPath(parsed), options.CreateLoadOptions(parsed));
        if (parsed.GetValue(options.Json))
        {
            Verb.WriteJson(json => Write(json, model.Plan));
        }
        else
        {
            Console.Write(model.Plan.Explain());
        }

        if (parsed.GetValue(Output) is { } path)
        {
            File.WriteAllBytes(path, PlanWriter.ToBytes(model.Plan));
        }

        return 0;
    }

    private static void Write(Utf8JsonWriter json, Plan plan)
    {
        json.WriteString("model", plan.Model);
        json.WriteString("profile", plan.Profile);
        json.WriteNumberOrNull("predictedSeconds", plan.PredictedSeconds);
        json.WriteNumberOrNull("placementSeconds", plan.Report.Value);
        json.WriteNumberOrNull("lowerBoundSeconds", plan.Report.LowerBound);
        json.WriteNumberOrNull("gap", plan.Report.Gap);
        json.WriteString("solver", plan.Report.Solver);
        json.WriteStartArray("steps");
        for (var i = 0; i < plan.Steps.Length; i++)
        {
            json.WriteStartObject();
            json.WriteString("device", plan.DeviceName(i));
            json.WriteString("kind", plan.Steps[i] is RunStep ? "run" : "copy");
            json.WriteNumberOrNull("predictedSeconds", plan.Steps[i].Predicted.Seconds);
            json.WriteNumber("bytesMoved", plan.Steps[i].Predicted.BytesMoved);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("operators");
        foreach (var row in plan.Report.Operators)
        {
            WriteOperator(json, row);
        }

        json.WriteEndArray();
    }

    private static void WriteOperator(Utf8JsonWriter json, OperatorReport row)
    {
        json.WriteStartObject();
        json.WriteString("node", row.Node);
        json.WriteString("operator", row.Operator);
        json.WriteString("device", row.Device);
        json.WriteNumberOrNull("predictedSeconds", row.Predicted.Seconds);
        json.WriteStartArray("answers");
        foreach (var answer in row.Answers)
        {
            json.WriteStartObject();
            json.WriteString("device", answer.Device);
            json.WriteNumberOrNull("seconds", answer.Seconds);
            json.WriteString("constraint", answer.Constraint);
            json.WriteString("reason", answer.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
