using System.Collections.Immutable;
using System.Globalization;
using EdgeAI.Cli;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;
using EdgeAI.Quantization;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>Agreement with the reference tool, accuracy on labelled data, work on the NPU, time and memory of calibration.</summary>
internal static class QuantizeBenchmark
{
    /// <summary>Sums of float products depend on the number of threads; the reference ran on at least so many.</summary>
    private const int ReferenceThreads = 16;

    private const int ComparedSamples = 20;
    private const int TimedSamples = 200;
    private const int Rounds = 7;

    private static readonly (string Name, Func<QuantizationOptions, QuantizationOptions> Change)[] Variants =
    [
        ("min-max", options => options),
        ("percentile 99.999", options => options with { Method = CalibrationMethod.Percentile }),
        ("entropy", options => options with { Method = CalibrationMethod.Entropy }),
        ("least error", options => options with { Method = CalibrationMethod.LeastError }),
        ("min-max, corrected bias", options => options with { CorrectBiases = true }),
        ("per tensor", options => options with { PerChannel = false }),
        ("per tensor, equalized, corrected bias", options => options with { PerChannel = false, EqualizeLayers = true, CorrectBiases = true }),
    ];

    public static string Run(string part)
    {
        var cases = QuantizeCase.All.Where(item => item.Name.Contains(part, StringComparison.OrdinalIgnoreCase)).ToList();
        var others = LabelledCase.All.Where(item => item.Name.Contains(part, StringComparison.OrdinalIgnoreCase)).ToList();
        using var cpu = new CpuDevice();
        return $"""
            # Quantization

            Measured with `dotnet run -c Release --project tests/EdgeAI.Benchmarks -- quantization` on {Machine.Describe(cpu)}

            ## Agreement with ONNX Runtime's quantizer (1.30, Python)

            Same model, samples and settings (UInt8 activations, Int8 weights per channel, min-max): constants equal bit by bit, of all that
            the reference's file has. Calibration with {ReferenceThreads} threads, as float sums depend on them. The detector's reference was
            calibrated on pictures that are here only as JPEG, so its activations' scales cannot be equal; its weights are.

            {Agreement(cases)}

            ## Accuracy

            Top-1 in percent (classifiers), area under the ROC curve (anomaly), mAP at overlap 0.5 in percent (detector), on the CPU by
            ONNX Runtime. *SQNR*: outputs against the float model's, in decibels, over all test samples.

            {Accuracy(cases)}

            The detector's min-max row is below the reference's by 0.03 points. Its last row gives each activation, but those behind Relu and Clip,
            the reference's own scale and zero point: accuracy and SQNR are then the reference's to the last digit shown. So what is between both is
            the calibration data, of which only re-coded pictures are here, not the method.

            ## Networks of others

            Min-max, per channel. Right answers of the float model, of the integer model by ONNX Runtime and of the same on the simulated NPU
            micro-256 wherever it can; for how many inputs the NPU's outputs equal ONNX Runtime's bit by bit. The digits are the MNIST test set,
            of which the first 200 are for calibration and the others for the test. Of persons and faces nine labelled photographs are at hand,
            for CIFAR-10 (resnet8) no labels at all: calibration saw the photographs mirrored, the test as they are. So few say that nothing is
            broken, not how good a network is.

            {Labelled(others)}

            ## On the NPU

            The min-max model on the simulated NPU micro-256 wherever it can, else on the CPU: convolutions and matrix products (Conv, Gemm,
            MatMul) on the NPU of those that are quantized, and how many of the first {ComparedSamples} test samples have outputs equal to
            ONNX Runtime's bit by bit.

            {OnNpu(cases)}

            ## Time and memory

            Calibration of {TimedSamples} samples over the time of as many runs of the float model that calibration runs (prepared: constants folded),
            in the same kind of session on the same threads, measured in turn, medians of {Rounds}; managed bytes allocated per sample beyond
            the first 20 samples (min-max). Calibration holds all that is done from model and samples to ranges: preparing and loading the model
            too. Beyond the float runs it costs that activations leave the cache for memory of their own and are read there once more; methods
            that count values in histograms (percentile, entropy, least error) then spend 0.6 to 0.7 ns per value: 0.2
            to find its bin, the rest to count there, one load and one store after the other. Where a sample's activations are large, they are read by all threads at once.

            {Speed(cases)}

            """;
    }

    private static MarkdownTable Agreement(IReadOnlyList<QuantizeCase> cases)
    {
        var table = new MarkdownTable("model", "activation scales", "zero points", "weights", "weight scales", "biases", "bias scales", "missing or extra");
        foreach (var item in cases)
        {
            using var quantizer = new ModelQuantizer(new CpuOptions { Optimization = GraphOptimization.None, Threads = ReferenceThreads });
            var model = item.Read();
            var ours = Constants(quantizer.Core.Quantize(model, item.Samples(model), item.Options()).Model);
            var reference = Constants(OnnxReader.Read(item.ReferencePath));
            var kinds = reference.GroupBy(pair => KindOf(pair.Key, pair.Value.Type)).ToDictionary(group => group.Key, group => (Equal: group.Count(pair => IsEqual(ours, pair)), Count: group.Count()));
            string Cell(string kind) => kinds.TryGetValue(kind, out var counts) ? $"{counts.Equal} of {counts.Count}" : "-";
            table.Add(item.Name, Cell("scale"), Cell("zero point"), Cell("weight"), Cell("weight scale"), Cell("bias"), Cell("bias scale"), $"{ours.Keys.Except(reference.Keys).Count() + reference.Keys.Except(ours.Keys).Count()}");
        }

        return table;
    }

    private static MarkdownTable Accuracy(IReadOnlyList<QuantizeCase> cases)
    {
        var table = new MarkdownTable("model", "samples", "settings", "figure", "float", "reference int8", "SQNR");
        foreach (var item in cases)
        {
            Console.Error.WriteLine(item.Name);
            using var quantizer = new ModelQuantizer();
            var model = item.Read();
            var tests = item.Tests(model);
            var real = Score(quantizer, item, model, tests, null);
            var reference = Score(quantizer, item, OnnxReader.Read(item.ReferencePath), tests, model);
            foreach (var (name, options) in Settings(item))
            {
                var ours = Score(quantizer, item, quantizer.Core.Quantize(model, item.Samples(model), options).Model, tests, model);
                table.Add(item.Name, $"{ours.Count}", name, Number(ours.Figure), Number(real.Figure), $"{Number(reference.Figure)} ({Number(reference.Sqnr)} dB)", Number(ours.Sqnr));
            }
        }

        return table;
    }

    /// <summary>Each variant; for the model whose calibration pictures are here in another form, the reference's own scales too.</summary>
    private static IEnumerable<(string Name, QuantizationOptions Options)> Settings(QuantizeCase item)
    {
        var variants = Variants.Select(variant => (variant.Name, variant.Change(item.Options())));
        return item.Name == "meter_detector" ? variants.Append(("the reference's scales", ReferenceScales(item))) : variants;
    }

    private static QuantizationOptions ReferenceScales(QuantizeCase item)
    {
        var constants = Constants(OnnxReader.Read(item.ReferencePath));
        var values = item.Read().Graph.Values.Values.Where(value => value.Constant is null && value.Producer?.OpType is not ("Relu" or "Clip") && constants.ContainsKey(value.Name + "_scale"));
        return item.Options() with
        {
            Overrides = values.ToImmutableDictionary(value => value.Name, value => new TensorOverride
            {
                Parameters = new(constants[value.Name + "_scale"].AsSpan<float>()[0], constants[value.Name + "_zero_point"].AsSpan<byte>()[0]),
            }),
        };
    }

    private static MarkdownTable Labelled(IReadOnlyList<LabelledCase> cases)
    {
        var table = new MarkdownTable("network", "figure", "inputs", "float", "int8", "int8 on the NPU", "NPU equal", "SQNR");
        foreach (var item in cases)
        {
            Console.Error.WriteLine(item.Name);
            using var quantizer = new ModelQuantizer();
            var model = OnnxReader.Read(item.FloatPath);
            var input = new TensorSpec(model.Graph.Inputs[0].Name, model.Graph.Inputs[0].Element, model.Graph.Inputs[0].Shape);
            var result = quantizer.Core.Quantize(model, item.Calibration(input).Select(feed => QuantizeCase.Constants([feed])));
            using var file = new TemporaryModel(OnnxWriter.ToBytes(result.Model), "model.onnx");
            using var meter = new LabelledMeter(item.FloatPath, file.Path);
            meter.Run(item.Tests(input));
            table.Add([item.Name, item.Figure, .. meter.Cells()]);
        }

        return table;
    }

    private static MarkdownTable OnNpu(IReadOnlyList<QuantizeCase> cases)
    {
        var table = new MarkdownTable("model", "products on the NPU", "equal to ONNX Runtime", "simulated ms");
        foreach (var item in cases)
        {
            using var quantizer = new ModelQuantizer();
            var model = item.Read();
            using var file = new TemporaryModel(OnnxWriter.ToBytes(quantizer.Core.Quantize(model, item.Samples(model), item.Options()).Model), "model.onnx");
            using var alone = DeviceSet.Cpu.Create();
            using var devices = DeviceSet.Accelerated.Create();
            using var expected = alone.Load(file.Path);
            using var placed = devices.Load(file.Path, LoadOptions.Default with { Devices = ["npu"] });
            var products = placed.Plan.Report.Operators.Where(row => row.Operator.StartsWith("QDQ", StringComparison.Ordinal) && IsProduct(row.Operator)).ToList();
            var (equal, seconds) = (0, 0.0);
            var samples = item.Tests(model).Read().Take(ComparedSamples).ToList();
            foreach (var sample in samples)
            {
                var (oracle, found) = (expected.Run(sample), placed.Run(sample));
                equal += oracle.Zip(found).All(pair => pair.First.Bytes.SequenceEqual(pair.Second.Bytes)) ? 1 : 0;
                seconds = found.Trace.Where(step => step.SimulatedSeconds > 0).Sum(step => step.SimulatedSeconds);
            }

            table.Add(item.Name, $"{products.Count(row => row.Device == "npu")} of {products.Count}", $"{equal} of {samples.Count}", Number(1000 * seconds));
        }

        return table;
    }

    private static MarkdownTable Speed(IReadOnlyList<QuantizeCase> cases)
    {
        var table = new MarkdownTable("model", "float runs ms", "min-max ms", "ratio", "percentile ms", "ratio", "bytes per sample");
        foreach (var item in cases)
        {
            using var quantizer = new ModelQuantizer();
            var model = item.Read();
            var few = item.Samples(model).Take(40).ToList();
            var samples = Enumerable.Range(0, TimedSamples).Select(index => few[index % few.Count]).ToList();
            var (minMax, percentile) = (item.Options(), item.Options() with { Method = CalibrationMethod.Percentile });
            using var session = new CpuSessionProbe(quantizer.Core.Calibrate(model, few, minMax).Model);
            var times = Stopwatches.Medians(Rounds, () => samples.ForEach(session.Run), () => quantizer.Core.Calibrate(model, samples, minMax), () => quantizer.Core.Calibrate(model, samples, percentile));
            table.Add(item.Name, Number(times[0]), Number(times[1]), Number(times[1] / times[0]), Number(times[2]), Number(times[2] / times[0]), $"{BytesPerSample(quantizer, item, model, samples)}");
        }

        return table;
    }

    /// <summary>What more samples cost in managed memory.</summary>
    private static long BytesPerSample(ModelQuantizer quantizer, QuantizeCase item, Model model, List<IReadOnlyList<ConstantTensor>> samples)
    {
        const int Few = 20;
        long Allocated(int count)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            quantizer.Core.Calibrate(model, samples.Take(count), item.Options());
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        return (Allocated(TimedSamples) - Allocated(Few)) / (TimedSamples - Few);
    }

    private static (double Figure, double Sqnr, int Count) Score(ModelQuantizer quantizer, QuantizeCase item, Model model, SampleSource tests, Model? reference)
    {
        using var runtime = DeviceSet.Cpu.Create();
        using var file = new TemporaryModel(OnnxWriter.ToBytes(model), "model.onnx");
        using var loaded = runtime.Load(file.Path);
        using var other = reference is null ? null : quantizer.Load(reference);
        var (judge, noise, count) = (item.NewJudge(tests), new NoiseMeter(), 0);
        foreach (var sample in tests.Read())
        {
            var result = loaded.Run(sample);
            judge.Add(result, count++);
            other?.Run(QuantizeCase.Constants(sample));
            for (var i = 0; other is not null && i < result.Count; i++)
            {
                noise.Add(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(other.Output(i)), result[i].AsSpan<float>());
            }
        }

        return (judge.Figures[0], noise.Sqnr, count);
    }

    private static Dictionary<string, ConstantTensor> Constants(Model model) =>
        model.Graph.Constants.Where(value => value.Consumers.Any(node => node.OpType is "QuantizeLinear" or "DequantizeLinear")).ToDictionary(value => value.Name, value => value.Constant!);

    private static bool IsEqual(Dictionary<string, ConstantTensor> ours, KeyValuePair<string, ConstantTensor> reference) =>
        ours.TryGetValue(reference.Key, out var own) && own.Type == reference.Value.Type && own.Data.Span.SequenceEqual(reference.Value.Data.Span);

    private static string KindOf(string name, DataType type) =>
        name.EndsWith("_zero_point", StringComparison.Ordinal) ? "zero point"
        : type == DataType.Int32 ? "bias" : name.EndsWith("_quantized_scale", StringComparison.Ordinal) ? "bias scale"
        : type != DataType.Float32 ? "weight" : name.EndsWith("weight_scale", StringComparison.Ordinal) ? "weight scale" : "scale";

    private static bool IsProduct(string label) => label.Contains("Conv", StringComparison.Ordinal) || label.Contains("Gemm", StringComparison.Ordinal) || label.Contains("MatMul", StringComparison.Ordinal);

    private static string Number(double value) => value.ToString(Math.Abs(value) < 10 ? "F3" : "F2", CultureInfo.InvariantCulture);
}
