using System.CommandLine;
using System.Globalization;
using EdgeAI.Compiler;
using EdgeAI.Hal;
using EdgeAI.Hal.Files;
using EdgeAI.Quantization;
using EdgeAI.Runtime;

namespace EdgeAI.Cli;

/// <summary>edgeai calibrate: measures what operators cost on this machine's CPU and keeps it.</summary>
internal static class CalibrateCommand
{
    private const int ShownRows = 12;

    private static readonly Argument<string[]> Models = new("models") { Description = "ONNX files, or folders with such files: of these, models that cannot be loaded are named and left out.", Arity = ArgumentArity.OneOrMore };

    private static readonly Option<string?> Output = new("--output", "-o") { Description = "File that holds the costs (JSON); what is in it already is kept. Default: this machine's, in the folder EDGEAI_COSTS or that for local application data." };

    private static readonly Option<int> Samples = new("--samples") { Description = "Samples per operator, at most; at least 5.", DefaultValueFactory = _ => 41 };

    private static readonly Option<bool> Fresh = new("--fresh") { Description = "Measures everything again instead of keeping what the file holds." };

    public static Command Create()
    {
        var options = new CommonOptions();
        const string Description = """
            Measures what each operator of some models costs on this machine's CPU (median and 95th percentile, by type, attributes, shapes and
            element types) and keeps it, so that --costs measured can be given to plan and run.

            Examples:
              edgeai calibrate keyword.onnx
              edgeai calibrate models/ --output costs.json
              edgeai plan keyword.onnx --devices none --costs measured

            Exit codes: 0 done, 1 wrong usage, 2 bad input, 130 cancelled (nothing is written then).
            """;
        var command = Verb.Create("calibrate", Description, options, parsed => Verb.Cancellable(token => Run(parsed, options, token)));
        foreach (var symbol in (Symbol[])[Models, options.Dimensions, Output, Samples, Fresh, options.Json])
        {
            if (symbol is Argument argument)
            {
                command.Add(argument);
            }
            else
            {
                command.Add((Option)symbol);
            }
        }

        return command;
    }

    private static int Run(ParseResult parsed, CommonOptions options, CancellationToken token)
    {
        var files = Files(parsed.GetValue(Models)!);
        if (parsed.GetValue(Samples) is < 5 or > 100_000)
        {
            throw new TensorMismatchException($"--samples {parsed.GetValue(Samples)}: expected a number of 5 to 100000.");
        }

        using var runtime = EdgeRuntime.Create();
        var path = parsed.GetValue(Output) is { } given ? given.Length > 0 ? given : throw new IOException("--output: the path is empty; expected a file to write.") : CostMachine.DefaultPath(runtime);
        var known = File.Exists(path) && !parsed.GetValue(Fresh) ? CostMachine.Read(runtime, path) : null;
        var calibrator = new CostCalibrator(runtime, options.CreateLoadOptions(parsed))
        {
            Samples = parsed.GetValue(Samples),
            OnSkipped = parsed.GetValue(Models)!.Any(Directory.Exists) ? (_, error) => Console.Error.WriteLine($"left out: {error.Message}") : null,
        };
        MeasuredCosts costs;
        using (var bar = new ProgressBar(!parsed.GetValue(options.Json)))
        {
            costs = calibrator.Measure(files, known, new Steps(bar), token);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        WholeFile.Write(path, costs.Write);
        Tell(costs, known, path, parsed.GetValue(options.Json));
        return 0;
    }

    private static List<string> Files(string[] names)
    {
        var files = new List<string>();
        foreach (var name in names)
        {
            var found = Directory.Exists(name) ? Directory.GetFiles(name, "*.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList() : [name];
            files.AddRange(found.Count > 0 ? found : throw new FileNotFoundException($"There is no .onnx file in '{name}'."));
        }

        return files;
    }

    private static void Tell(MeasuredCosts costs, MeasuredCosts? known, string path, bool isJson)
    {
        var added = costs.Operators.Count - (known?.Operators.Count ?? 0);
        if (isJson)
        {
            Verb.WriteJson(json =>
            {
                json.WriteString("file", path);
                json.WriteString("machine", costs.Machine);
                json.WriteNumber("launchSeconds", costs.LaunchSeconds);
                json.WriteNumber("measured", added);
                json.WriteNumber("known", costs.Operators.Count - added);
            });
            return;
        }

        Console.WriteLine($"{costs.Machine}: {added} operators measured, {costs.Operators.Count - added} known before; starting an executable takes {PlanFormat.Time(costs.LaunchSeconds)}.\n");
        Console.WriteLine("  operator                    shapes      median         p95  (the slowest of each kind)");
        foreach (var kind in costs.Operators.Values.GroupBy(cost => cost.Operator).OrderByDescending(kind => kind.Max(cost => cost.MedianSeconds)).Take(ShownRows))
        {
            var slowest = kind.MaxBy(cost => cost.MedianSeconds)!;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {kind.Key,-26} {kind.Count(),7} {PlanFormat.Time(slowest.MedianSeconds),11} {PlanFormat.Time(slowest.P95Seconds),11}"));
        }

        Console.WriteLine($"\nwritten to {path}");
    }

    private sealed class Steps(ProgressBar bar) : IProgress<CalibrationProgress>
    {
        public void Report(CalibrationProgress value) => bar.Report(new QuantizationProgress("calibrate", value.Done, value.Total));
    }
}
