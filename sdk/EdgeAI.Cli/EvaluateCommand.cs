using System.CommandLine;
using System.Globalization;
using EdgeAI.Hal;

namespace EdgeAI.Cli;

/// <summary>edgeai evaluate: models side by side on labelled samples.</summary>
internal static class EvaluateCommand
{
    private const string Description = """
        Runs models on samples and compares them: accuracy where there are labels, and signal to noise against the first model. A model
        of which parts run on the board's NPU gets a second row for that.

        Examples:
          edgeai evaluate kws.onnx kws_int8.onnx --data test.npz:features --labels test.npz:label
          edgeai evaluate detector.onnx detector_int8.onnx --data pictures/ --labels labels.json --metric map
          edgeai evaluate anomaly.onnx anomaly_int8.onnx --data test.npz:window --labels test.npz:fault --metric auc --score score
          edgeai evaluate model.onnx model_int8.onnx --data calibration.npy
        """;

    private static readonly Argument<string[]> Models = new("models") { Description = "ONNX files with the same inputs; the first is what others are compared with.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> Data = new("--data") { Description = "Samples: a folder (pictures, .wav, .npy, .pb), an .npz (file.npz:array), .npy or .csv file.", Required = true };
    private static readonly Option<string?> Labels = new("--labels") { Description = "What they are: file.npz:array, .npy, .csv, .txt or .json (classes, or boxes [class, left, top, right, bottom])." };
    private static readonly Option<string?> Metric = new("--metric") { Description = "top (top-1 and top-5), auc (class 0 against all others) or map (detection, mAP at overlap 0.5). Default: top where there are labels." };
    private static readonly Option<string?> Score = new("--score") { Description = "The output that holds classes' scores or an anomaly's. Default: 'scores' for map, else the first." };
    private static readonly Option<string?> Boxes = new("--boxes") { Description = "The output that holds corners of boxes for map. Default: 'boxes'." };

    public static Command Create()
    {
        var (options, samples) = (new CommonOptions(), new SampleOptions());
        var command = Verb.Create("evaluate", Description, options, parsed => Verb.Cancellable(token => Run(parsed, options, samples, token)));
        command.Add(Models);
        foreach (var option in (ReadOnlySpan<Option>)[Data, Labels, Metric, Score, Boxes])
        {
            command.Add(option);
        }

        samples.AddTo(command);
        options.AddBoardTo(command);
        return command;
    }

    private static int Run(ParseResult parsed, CommonOptions options, SampleOptions sampleOptions, CancellationToken token)
    {
        using var runtime = options.CreateRuntime(parsed);
        using var table = new EvaluationTable(runtime, parsed.GetValue(Models)!);
        var source = new SampleSource(parsed.GetValue(Data)!, table.Inputs, sampleOptions.Read(parsed));
        var judge = JudgeOf(parsed, source);
        using var progress = new ProgressBar(!parsed.GetValue(options.Json));
        table.Run(source, judge, progress, token);
        progress.Dispose();
        if (parsed.GetValue(options.Json))
        {
            Verb.WriteJson(table.WriteJson);
        }
        else
        {
            Console.Write(table.ToText());
        }

        return 0;
    }

    private static Judge? JudgeOf(ParseResult parsed, SampleSource source)
    {
        if (parsed.GetValue(Labels) is not { } path)
        {
            return Array.Find([Metric, Score, Boxes], option => parsed.GetValue(option) is not null) is not { } named ? null
                : throw new TensorMismatchException($"{named.Name} {parsed.GetValue(named)} needs --labels.");
        }

        var labels = new LabelSource(path, source.Names);
        var metric = (parsed.GetValue(Metric) ?? (labels.HasBoxes ? "map" : "top")).ToLower(CultureInfo.InvariantCulture);
        if (metric != "map" && parsed.GetValue(Boxes) is { } boxes)
        {
            throw new TensorMismatchException($"--boxes {boxes} is for --metric map; found {metric}.");
        }

        var judge = JudgeOf(parsed, metric, labels);
        labels.Check(source.Count, metric == "map");
        return judge;
    }

    private static Judge JudgeOf(ParseResult parsed, string metric, LabelSource labels) => metric switch
    {
        "top" => new TopJudge(labels, parsed.GetValue(Score)),
        "auc" => new AucJudge(labels, parsed.GetValue(Score)),
        "map" => new DetectionJudge(labels, parsed.GetValue(Boxes) ?? "boxes", parsed.GetValue(Score) ?? "scores"),
        var other => throw new TensorMismatchException($"--metric '{other}': expected top, auc or map."),
    };
}
