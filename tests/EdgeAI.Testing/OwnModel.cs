using EdgeAI.Graph;
using EdgeAI.Onnx;
using EdgeAI.Quantization;

namespace EdgeAI.Testing;

/// <summary>A model of the project's own that the reference tool has quantized, with what it was calibrated on and the tool's settings.</summary>
/// <param name="File">The float model's file below models/own, without its ending.</param>
/// <param name="Calibration">A folder, or an archive and the array in it as "file:array".</param>
/// <param name="FloatNodes">Prefixes of nodes that the reference kept float.</param>
public sealed record OwnModel(string File, string Calibration, params string[] FloatNodes)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<OwnModel> All { get; } =
    [
        new("kws/kws_dscnn_features", "kws/calibration.npz:features", "fe_"),
        new("kws/kws_dscnn", "kws/calibration.npz:waveform", "fe_"),
        new("kws/kws_dscnn_convfe", "kws/calibration.npz:waveform", "fe_"),
        new("meter/meter_digit", "meter/digit_calibration.npz:image"),
        new("sensor/home_anomaly", "sensor/calibration.npz:window", "norm_", "post_", "score_"),
        new("meter/meter_detector", "meter/detector_calibration", "dist", "boxes", "scores_"),
    ];

    /// <summary>For tests and tables.</summary>
    public string Name => File[(File.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>The float model.</summary>
    public string FloatPath => PathOf(File + ".onnx");

    /// <summary>What the reference tool made of it.</summary>
    public string ReferencePath => PathOf(File + "_int8.onnx");

    /// <summary>The model of that name.</summary>
    public static OwnModel Of(string name) => All.Single(model => model.Name == name);

    /// <summary>The path of a file below models/own.</summary>
    public static string PathOf(string name) => SharedData.Path(["models", "own", .. name.Split('/')]);

    /// <summary>The float model, read.</summary>
    public Model Read() => OnnxReader.Read(FloatPath);

    /// <summary>The reference tool's settings: the defaults, and what it kept float.</summary>
    public QuantizationOptions Options() => QuantizationOptions.Default with
    {
        ExcludedNodes = [.. Read().Graph.Nodes.Select(node => node.Name).Where(name => FloatNodes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))],
    };

    /// <inheritdoc/>
    public override string ToString() => Name;
}
