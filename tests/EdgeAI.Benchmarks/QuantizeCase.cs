using System.Collections.Immutable;
using EdgeAI.Cli;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Quantization;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>A model that the reference tool has quantized, with what it is tested on.</summary>
internal sealed record QuantizeCase(OwnModel Own, string Data, string Labels, Func<LabelSource, Judge> Judge)
{
    private static readonly SampleSettings Plain = new(null, [], [], false, 16000, int.MaxValue);

    public static IReadOnlyList<QuantizeCase> All { get; } =
    [
        new(OwnModel.Of("kws_dscnn_features"), "kws/testset_features.npz:features", "kws/testset_features.npz:label", Top),
        new(OwnModel.Of("kws_dscnn"), "kws/testset_waveforms.npz:waveform", "kws/testset_waveforms.npz:label", Top),
        new(OwnModel.Of("kws_dscnn_convfe"), "kws/testset_waveforms.npz:waveform", "kws/testset_waveforms.npz:label", Top),
        new(OwnModel.Of("meter_digit"), "meter/digit_testset.npz:image", "meter/digit_testset.npz:label", Top),
        new(OwnModel.Of("home_anomaly"), "sensor/testset.npz:window", "sensor/testset.npz:fault", labels => new AucJudge(labels, "score")),
        new(OwnModel.Of("meter_detector"), "meter/detector_testset", "meter/detector_testset/labels.json", labels => new DetectionJudge(labels, "boxes", "scores")),
    ];

    public string Name => Own.Name;

    public string ReferencePath => Own.ReferencePath;

    public Model Read() => Own.Read();

    /// <summary>The reference tool's settings.</summary>
    public QuantizationOptions Options() => Own.Options();

    public IEnumerable<IReadOnlyList<ConstantTensor>> Samples(Model model) => Source(model, Own.Calibration).Read().Select(Constants);

    public SampleSource Tests(Model model) => Source(model, Data);

    public Judge NewJudge(SampleSource tests) => Judge(new LabelSource(OwnModel.PathOf(Labels), tests.Names));

    public static IReadOnlyList<ConstantTensor> Constants(IReadOnlyList<EdgeTensor> sample) => [.. sample.Select(tensor => new ConstantTensor(tensor.Type, tensor.Shape, tensor.Bytes.ToArray()))];

    private static SampleSource Source(Model model, string path)
    {
        ImmutableArray<TensorSpec> inputs = [.. model.Graph.Inputs.Select(input => new TensorSpec(input.Name, input.Element, input.Shape))];
        return new SampleSource(OwnModel.PathOf(path), inputs, Plain);
    }

    private static Judge Top(LabelSource labels) => new TopJudge(labels, null);
}
