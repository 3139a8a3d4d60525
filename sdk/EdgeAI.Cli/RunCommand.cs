using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI.Cli;

/// <summary>edgeai run: runs a model and shows the outputs and what each step took.</summary>
internal static class RunCommand
{
    private const int ShownElements = 8;

    private static readonly Option<string[]> Inputs = new("--input", "-i")
    {
        Description = "name=file per input: .wav, .png, .npy, .pb (TensorProto) or raw bytes; name=random:SEED or name=zeros. Inputs not named are random (seed 0).",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int> Rate = new("--rate")
    {
        Description = "Samples per second that the model hears: a .wav of another rate is refused.",
        DefaultValueFactory = _ => 16000,
    };

    private static readonly Option<string?> Trace = new("--trace")
    {
        Description = "Writes what the steps took to this file, for chrome://tracing or ui.perfetto.dev: predicted, simulated and wall time, and the critical path.",
    };

    private static readonly Option<int> Repeat = new("--repeat")
    {
        Description = "Runs so often; more than once also shows means over all runs against the prediction. The trace is the last run's.",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> Frames = new("--frames")
    {
        Description = "Sends so many frames through a stream, several in flight at a time, and shows how often one ends. The trace is then that of all frames.",
        DefaultValueFactory = _ => 1,
    };

    public static Command Create()
    {
        var options = new CommonOptions();
        var command = Verb.Create("run", "Runs a model and shows outputs and what each step took.", options, parsed => Verb.Cancellable(token => Run(parsed, options, token)));
        options.AddTo(command);
        command.Add(Inputs);
        command.Add(Rate);
        command.Add(Trace);
        command.Add(Repeat);
        command.Add(Frames);
        return command;
    }

    private static int Run(ParseResult parsed, CommonOptions options, CancellationToken cancellationToken)
    {
        var (repeat, frames) = (AtLeastOne(parsed, Repeat), AtLeastOne(parsed, Frames));
        using var runtime = options.CreateRuntime(parsed);
        using var model = runtime.Load(options.ModelPath(parsed), options.CreateLoadOptions(parsed, runtime));
        var feeds = InputFiles.Read(model, parsed.GetValue(Inputs) ?? [], options.CreateLoadOptions(parsed).Dimensions, parsed.GetValue(Rate));
        var result = model.Run(feeds, cancellationToken);
        for (var run = 1; run < repeat; run++)
        {
            result = model.Run(feeds, cancellationToken);
        }

        var statistics = repeat > 1 ? model.GetStatistics([.. feeds.Select(feed => feed.Shape)]) : null;
        var stream = frames > 1 ? StreamRun.Run(model, feeds, frames, cancellationToken) : null;
        WriteTrace(parsed, result, stream);
        if (parsed.GetValue(options.Json))
        {
            Verb.WriteJson(json =>
            {
                Write(json, model, result, statistics);
                stream?.Write(json);
            });
            return 0;
        }

        for (var i = 0; i < result.Count; i++)
        {
            Console.WriteLine($"{model.Outputs[i].Name}: {TensorText.Type(result[i])} = {Summary(result[i])}");
        }

        Console.WriteLine();
        Console.Write(result.ExplainTrace());
        Console.Write(statistics is null ? "" : $"\n{statistics}");
        Console.Write(stream is null ? "" : $"\n{stream}");
        return 0;
    }

    private static int AtLeastOne(ParseResult parsed, Option<int> option) => parsed.GetValue(option) is > 0 and var count ? count
        : throw new TensorMismatchException($"{option.Name} {parsed.GetValue(option)}: expected at least 1.");

    private static void WriteTrace(ParseResult parsed, ModelResult result, StreamRun? stream)
    {
        if (parsed.GetValue(Trace) is not { } path)
        {
            return;
        }

        using var file = File.Create(path.Length > 0 ? path : throw new IOException("--trace: the path is empty; expected a file to write."));
        if (stream is null)
        {
            ChromeTrace.Write(file, result.Plan, result.Trace.AsSpan());
        }
        else
        {
            ChromeTrace.Write(file, stream.Plan, stream.Frames);
        }
    }

    private static void Write(Utf8JsonWriter json, EdgeModel model, ModelResult result, PlanStatistics? statistics)
    {
        var plan = model.Plan;
        json.WriteString("model", plan.Model);
        json.WriteStartObject("stepsPerDevice");
        foreach (var device in plan.Devices)
        {
            json.WriteNumber(device.Id, plan.StepCount(device.Id));
        }

        json.WriteEndObject();
        json.WriteStartArray("steps");
        for (var i = 0; i < result.Trace.Length; i++)
        {
            WriteStep(json, plan.DeviceName(i), result.Trace[i]);
        }

        json.WriteEndArray();
        if (statistics is not null)
        {
            WriteStatistics(json, statistics);
        }

        json.WriteStartArray("outputs");
        for (var i = 0; i < result.Count; i++)
        {
            WriteOutput(json, model.Outputs[i].Name, result[i]);
        }

        json.WriteEndArray();
    }

    private static void WriteStep(Utf8JsonWriter json, string device, StepTrace step)
    {
        json.WriteStartObject();
        json.WriteString("device", device);
        json.WriteNumberOrNull("predictedSeconds", step.PredictedSeconds);
        json.WriteNumberOrNull("simulatedSeconds", step.SimulatedSeconds);
        json.WriteNumberOrNull("wallSeconds", step.WallSeconds);
        json.WriteNumber("cycles", step.Cycles);
        json.WriteEndObject();
    }

    private static void WriteStatistics(Utf8JsonWriter json, PlanStatistics statistics)
    {
        json.WriteStartObject("statistics");
        json.WriteNumber("runs", statistics.Runs);
        json.WriteNumberOrNull("simulatedRatio", statistics.SimulatedRatio);
        json.WriteNumberOrNull("wallRatio", statistics.WallRatio);
        json.WriteStartArray("steps");
        foreach (var step in statistics.Steps)
        {
            json.WriteStartObject();
            json.WriteString("device", step.Device);
            json.WriteString("what", step.What);
            json.WriteNumberOrNull("predictedSeconds", step.PredictedSeconds);
            json.WriteNumberOrNull("meanSimulatedSeconds", step.MeanSimulatedSeconds);
            json.WriteNumberOrNull("meanWallSeconds", step.MeanWallSeconds);
            json.WriteNumberOrNull("worstWallSeconds", step.WorstWallSeconds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteOutput(Utf8JsonWriter json, string name, EdgeTensor tensor)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("type", tensor.Structure is null ? tensor.Type.ToString() : TensorText.Type(tensor));
        json.WriteString("shape", tensor.Shape.ToString());
        json.WriteStartArray("values");
        foreach (var element in TensorText.Elements(tensor))
        {
            json.WriteStringValue(element);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Summary(EdgeTensor tensor)
    {
        var elements = TensorText.Elements(tensor);
        var count = tensor.Structure is null ? tensor.Shape.ElementCount : elements.Count();
        var shown = string.Join(", ", elements.Take(ShownElements));
        return count > ShownElements ? string.Create(CultureInfo.InvariantCulture, $"{shown}, … ({count} elements)") : shown;
    }
}
