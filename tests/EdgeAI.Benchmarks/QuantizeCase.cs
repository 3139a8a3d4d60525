using System.Collections.Immutable;
using EdgeAI.Cli;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;
using EdgeAI.Quantization;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>A model of the project's own that the reference tool has quantized, with what it was calibrated on and what it is tested on.</summary>
internal sealed record QuantizeCase(string Name, string Model, string Calibration, string Data, string Labels, Func<LabelSource, Judge> Judge, params string[] FloatNodes)
{
    private static readonly SampleSettings Plain = new(null, [], [], false, 16000, int.MaxValue);

    public static IReadOnlyList<QuantizeCase> All { get; } =
    [
        new("kws_dscnn_features", "kws/kws_dscnn_features", "kws/calibration.npz:features", "kws/testset_features.npz:features", "kws/testset_features.npz:label", Top),
        new("kws_dscnn", "kws/kws_dscnn", "kws/calibration.npz:waveform", "kws/testset_waveforms.npz:waveform", "kws/testset_waveforms.npz:label", Top, "fe_"),
        new("kws_dscnn_convfe", "kws/kws_dscnn_convfe", "kws/calibration.npz:waveform", "kws/testset_waveforms.npz:waveform", "kws/testset_waveforms.npz:label", Top, "fe_"),
        new("meter_digit", "meter/meter_digit", "meter/digit_calibration.npz:image", "meter/digit_testset.npz:image", "meter/digit_testset.npz:label", Top),
        new("home_anomaly", "sensor/home_anomaly", "sensor/calibration.npz:window", "sensor/testset.npz:window", "sensor/testset.npz:fault", labels => new AucJudge(labels, "score"), "norm_", "post_", "score_"),
        new("meter_detector", "meter/meter_detector", "meter/detector_calibration", "meter/detector_testset", "meter/detector_testset/labels.json", labels => new DetectionJudge(labels, "boxes", "scores"), "dist", "boxes", "scores_"),
    ];

    public string FloatPath => Path(Model + ".onnx");

    public string ReferencePath => Path(Model + "_int8.onnx");

    public Model Read() => OnnxReader.Read(FloatPath);

    /// <summary>The reference tool's settings.</summary>
    public QuantizationOptions Options(Model model) => QuantizationOptions.Default with
    {
        ExcludedNodes = [.. model.Graph.Nodes.Select(node => node.Name).Where(name => FloatNodes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))],
    };

    public IEnumerable<IReadOnlyList<ConstantTensor>> Samples(Model model) => Source(model, Calibration).Read().Select(Constants);

    public SampleSource Tests(Model model) => Source(model, Data);

    public Judge NewJudge(SampleSource tests) => Judge(new LabelSource(Path(Labels), tests.Names));

    public static IReadOnlyList<ConstantTensor> Constants(IReadOnlyList<EdgeTensor> sample) => [.. sample.Select(tensor => new ConstantTensor(tensor.Type, tensor.Shape, tensor.Bytes.ToArray()))];

    private static SampleSource Source(Model model, string path)
    {
        ImmutableArray<TensorSpec> inputs = [.. model.Graph.Inputs.Select(input => new TensorSpec(input.Name, input.Element, input.Shape))];
        return new SampleSource(Path(path), inputs, Plain);
    }

    private static Judge Top(LabelSource labels) => new TopJudge(labels, null);

    private static string Path(string name) => SharedData.Path(["models", "own", .. name.Split('/')]);
}
