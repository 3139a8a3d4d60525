using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Hal.Files;
using EdgeAI.Onnx;
using EdgeAI.Quantization;
using EdgeAI.Quantization.Reporting;

namespace EdgeAI.Cli;

/// <summary>edgeai quantize: a float model in, a model of 8-bit integers out.</summary>
internal static class QuantizeCommand
{
    private const string Description = """
        Quantizes a float model to 8-bit integers for NPUs and ONNX Runtime, with samples that show how large its values become.

        Examples:
          edgeai quantize model.onnx --calibrate pictures/ --output model_int8.onnx
          edgeai quantize kws.onnx --calibrate calibration.npz:waveform --exclude "fe_*" --report kws.html
          edgeai quantize model.onnx --calibrate data.npy --method percentile --percentile 99.99 --correct-bias
          edgeai quantize model.onnx --calibrate pictures/ --min-sqnr 25
          edgeai quantize model.onnx --calibrate pictures/ --max-loss 0.5 --data test/ --labels test/labels.csv

        Nothing is written unless all is done: Ctrl-C leaves no half file.
        """;

    private static readonly Option<string> Calibrate = new("--calibrate") { Description = "Samples: a folder (pictures, .wav, .npy, .pb), an .npz (file.npz:array), .npy or .csv file.", Required = true };
    private static readonly Option<string?> Output = new("--output", "-o") { Description = "The file to write. Default: the model's name with _int8." };
    private static readonly Option<string?> Report = new("--report") { Description = "Writes what became of every tensor, worst first: a page (.html) or data (.json)." };
    private static readonly Option<int?> Rank = new("--rank") { Description = "Ranks layers by what quantizing each alone costs, on so many samples." };
    private static readonly Option<double?> MinimumSqnr = new("--min-sqnr") { Description = "Leaves as few layers float as the outputs need for this signal-to-noise ratio in decibels." };
    private static readonly Option<double?> MaximumLoss = new("--max-loss") { Description = "Leaves as few layers float as top-1 accuracy needs to fall by at most so many percent points; needs --data and --labels." };
    private static readonly Option<string?> Data = new("--data") { Description = "Labelled samples for --max-loss, as --calibrate." };
    private static readonly Option<string?> Labels = new("--labels") { Description = "Their classes: file.npz:array, .npy, .csv, .txt or .json." };
    private static readonly Option<int?> Threads = new("--threads") { Description = "Threads of the CPU. Default: all." };

    private const int ComparedSamples = 32;
    private const int RankedSamples = 16;
    private const int LongestName = 80;

    public static Command Create()
    {
        var (options, settings, samples) = (new CommonOptions(), new QuantizeOptions(), new SampleOptions());
        var command = Verb.Create("quantize", Description, options, parsed => Verb.Cancellable(token => Run(parsed, options, settings, samples, token)));
        command.Add(options.Model);
        foreach (var option in (ReadOnlySpan<Option>)[Calibrate, Output, Report, Rank, MinimumSqnr, MaximumLoss, Data, Labels, Threads])
        {
            command.Add(option);
        }

        settings.AddTo(command);
        samples.AddTo(command);
        command.Add(options.Json);
        return command;
    }

    private static int Run(ParseResult parsed, CommonOptions options, QuantizeOptions settings, SampleOptions sampleOptions, CancellationToken token)
    {
        var (path, isJson) = (options.ModelPath(parsed), parsed.GetValue(options.Json));
        var output = parsed.GetValue(Output) ?? Path.ChangeExtension(path, null) + "_int8.onnx";
        CheckOptions(parsed);
        CheckReport(parsed.GetValue(Report), output);
        CheckPlace("--output", output);
        var model = OnnxReader.Read(path);
        var quantization = settings.Read(parsed, model.Graph);
        var source = new SampleSource(parsed.GetValue(Calibrate)!, InputsOf(model), sampleOptions.Read(parsed));
        var labelled = parsed.GetValue(MaximumLoss) is null ? null : Labelled(parsed, model, sampleOptions.Read(parsed));
        using var quantizer = new ModelQuantizer(new CpuOptions { Optimization = GraphOptimization.None, Threads = parsed.GetValue(Threads) ?? Environment.ProcessorCount });
        using var progress = new ProgressBar(!isJson);
        var work = new QuantizeWork(quantizer, progress, token);
        var result = Quantize(work, parsed, model, quantization, source, labelled);
        token.ThrowIfCancellationRequested();
        Write(result, output, parsed.GetValue(Report), Path.GetFileName(path));
        progress.Dispose();
        Tell(result, path, output, isJson);
        return 0;
    }

    private static QuantizationResult Quantize(
        QuantizeWork work, ParseResult parsed, Model model, QuantizationOptions options, SampleSource source, LabelledSamples? labelled)
    {
        var isMixed = parsed.GetValue(MinimumSqnr) is not null || parsed.GetValue(MaximumLoss) is not null;
        var calibrated = work.Calibrate(model, source, options, isMixed || parsed.GetValue(Rank) is not null);
        var few = QuantizeWork.Constants(source).Take(Math.Max(ComparedSamples, parsed.GetValue(Rank) ?? 0)).ToList();
        ImmutableArray<LayerSensitivity> layers = isMixed || parsed.GetValue(Rank) is not null ? work.Rank(calibrated, [.. few.Take(parsed.GetValue(Rank) ?? RankedSamples)]) : [];
        var result = parsed.GetValue(MinimumSqnr) is { } decibels ? work.Mix(calibrated, layers, few, decibels)
            : labelled is not null ? work.Mix(calibrated, layers, labelled, parsed.GetValue(MaximumLoss)!.Value / 100)
            : calibrated.Quantize();
        return result with { Report = work.Measure(calibrated, result, few) with { Layers = layers } };
    }

    private static LabelledSamples Labelled(ParseResult parsed, Model model, SampleSettings settings)
    {
        if (parsed.GetValue(Data) is not { } data || parsed.GetValue(Labels) is not { } labels)
        {
            throw new TensorMismatchException("--max-loss needs --data and --labels: the samples whose accuracy counts.");
        }

        var source = new SampleSource(data, InputsOf(model), settings);
        var known = new LabelSource(labels, source.Names);
        known.Check(source.Count, wantsBoxes: false);
        return source.Count > 0 ? new LabelledSamples(source, known) : throw new TensorMismatchException($"{data}: there are no samples whose accuracy could count.");
    }

    /// <summary>What can be seen before the work begins.</summary>
    private static void CheckOptions(ParseResult parsed)
    {
        Refuse(parsed.GetValue(Threads) < 1, $"--threads {parsed.GetValue(Threads)}: expected at least 1.");
        Refuse(parsed.GetValue(Rank) < 1, $"--rank {parsed.GetValue(Rank)}: expected at least 1 sample.");
        Refuse(parsed.GetValue(MinimumSqnr) is { } decibels && !double.IsFinite(decibels), "--min-sqnr: expected a number of decibels.");
        Refuse(parsed.GetValue(MaximumLoss) is { } loss && !double.IsFinite(loss), "--max-loss: expected a number of percent points.");
        Refuse(parsed.GetValue(MinimumSqnr) is not null && parsed.GetValue(MaximumLoss) is not null, "--min-sqnr and --max-loss are two goals; give one.");
        Refuse(parsed.GetValue(MaximumLoss) is null && (parsed.GetValue(Data) ?? parsed.GetValue(Labels)) is not null, "--data and --labels are for --max-loss; give it too, or leave them out.");
    }

    private static void Refuse(bool isWrong, string problem)
    {
        if (isWrong)
        {
            throw new TensorMismatchException(problem);
        }
    }

    private static void CheckPlace(string option, string path)
    {
        Refuse(Directory.Exists(path), $"{option} '{path}' is a folder; expected a file's name.");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{option} '{path}': there is no folder '{folder}'.");
        }
    }

    private static ImmutableArray<TensorSpec> InputsOf(Model model) =>
        [.. model.Graph.Inputs.Where(input => input.Constant is null).Select(input => new TensorSpec(input.Name, input.Element, input.Shape))];

    private static void CheckReport(string? path, string output)
    {
        if (path is not null && Path.GetExtension(path).ToLowerInvariant() is not (".html" or ".json"))
        {
            throw new IOException($"--report '{path}': expected a file that ends in .html or .json.");
        }

        if (path is not null)
        {
            Refuse(Path.GetFullPath(path) == Path.GetFullPath(output), $"--report '{path}' is the file of --output; expected another.");
            CheckPlace("--report", path);
        }
    }

    /// <summary>Both files, or none: the report is whole before the model is there, and takes its name after it.</summary>
    private static void Write(QuantizationResult result, string output, string? report, string title)
    {
        if (report is null)
        {
            OnnxWriter.Write(result.Model, output);
            return;
        }

        var isJson = Path.GetExtension(report).Equals(".json", StringComparison.OrdinalIgnoreCase);
        WholeFile.Write(report, stream => Write(stream, result.Report, title, isJson), before: () => OnnxWriter.Write(result.Model, output));
    }

    private static void Write(Stream stream, QuantizationReport report, string title, bool isJson)
    {
        if (isJson)
        {
            ReportWriter.WriteJson(report, stream);
            return;
        }

        using var text = new StreamWriter(stream);
        ReportWriter.WriteHtml(report, title, text);
    }

    private static void Tell(QuantizationResult result, string path, string output, bool isJson)
    {
        var report = result.Report;
        var (quantized, floats) = (report.Nodes.Count(node => node.IsQuantized), report.Nodes.Where(node => !node.IsQuantized).ToList());
        var (before, after) = (new FileInfo(path).Length, new FileInfo(output).Length);
        if (isJson)
        {
            Verb.WriteJson(json => Write(json, result, output, before, after));
            return;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{output}: {quantized} of {report.Nodes.Length} operators quantized over {report.Samples} samples, {before / 1024} → {after / 1024} KiB"));
        Console.WriteLine($"outputs' signal to quantization noise: {string.Join(", ", report.OutputSqnr.Select(sqnr => Decibels.Text(sqnr)))} dB");
        foreach (var reason in floats.GroupBy(node => node.WhyFloat).OrderByDescending(group => group.Count()))
        {
            Console.WriteLine($"  float: {reason.Count()} nodes, {reason.Key}: {string.Join(", ", reason.Take(4).Select(node => node.Name))}{(reason.Count() > 4 ? " …" : "")}");
        }

        if (report.Layers.Length > 0)
        {
            Console.WriteLine("  most sensitive layers:");
        }

        foreach (var layer in report.Layers.Take(5))
        {
            Console.WriteLine($"    {Decibels.Text(layer.Sqnr),6} dB  {Short(layer.Nodes[0])}");
        }

        Console.WriteLine("  noisiest activations:");
        foreach (var tensor in report.Tensors.Where(tensor => !tensor.IsConstant && tensor.Sqnr is not null).OrderBy(tensor => tensor.Sqnr).Take(5))
        {
            Console.WriteLine($"    {Decibels.Text(tensor.Sqnr!.Value),6} dB  {Short(tensor.Name)}");
        }
    }

    /// <summary>Some converters chain the names of all that became one node.</summary>
    private static string Short(string name) => name.Length <= LongestName ? name : name[..(LongestName - 1)] + "…";

    private static void Write(Utf8JsonWriter json, QuantizationResult result, string output, long before, long after)
    {
        json.WriteString("output", output);
        json.WriteNumber("samples", result.Report.Samples);
        json.WriteNumber("operators", result.Report.Nodes.Length);
        json.WriteNumber("quantizedOperators", result.Report.Nodes.Count(node => node.IsQuantized));
        json.WriteNumber("bytesBefore", before);
        json.WriteNumber("bytesAfter", after);
        json.WriteStartArray("outputSqnr");
        foreach (var sqnr in result.Report.OutputSqnr)
        {
            Decibels.Write(json, sqnr);
        }

        json.WriteEndArray();
        json.WriteStartArray("float");
        foreach (var node in result.Report.Nodes.Where(node => !node.IsQuantized))
        {
            json.WriteStartObject();
            json.WriteString("node", node.Name);
            json.WriteString("operator", node.Operator);
            json.WriteString("why", node.WhyFloat);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
