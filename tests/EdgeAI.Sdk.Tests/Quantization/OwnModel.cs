using System.Collections.Immutable;
using System.Runtime.InteropServices;
using EdgeAI.Hal;
using EdgeAI.Onnx;
using EdgeAI.Quantization;

namespace EdgeAI.Sdk.Tests.Quantization;

/// <summary>A model of the project's own with what the reference tool made of it, its calibration samples and its settings.</summary>
/// <param name="Name">For test names.</param>
/// <param name="Float">The float model's file below models/own.</param>
/// <param name="Calibration">The archive and the array in it.</param>
/// <param name="FloatNodes">Prefixes of nodes that the reference kept float.</param>
public sealed record OwnModel(string Name, string Float, (string File, string Array) Calibration, params string[] FloatNodes)
{
    public static IReadOnlyList<OwnModel> All { get; } =
    [
        new("kws_features", "kws/kws_dscnn_features", ("kws/calibration.npz", "features"), "fe_"),
        new("kws", "kws/kws_dscnn", ("kws/calibration.npz", "waveform"), "fe_"),
        new("kws_convfe", "kws/kws_dscnn_convfe", ("kws/calibration.npz", "waveform"), "fe_"),
        new("meter_digit", "meter/meter_digit", ("meter/digit_calibration.npz", "image")),
        new("home_anomaly", "sensor/home_anomaly", ("sensor/calibration.npz", "window"), "norm_", "post_", "score_"),
    ];

    public string FloatPath => Path(Float + ".onnx");

    public string ReferencePath => Path(Float + "_int8.onnx");

    /// <summary>The calibration samples as the reference tool was fed with them.</summary>
    public IEnumerable<IReadOnlyList<EdgeTensor>> Samples() => Samples(Calibration.File, Calibration.Array);

    /// <summary>The reference tool's settings: the defaults, and what it kept float.</summary>
    public QuantizationOptions Options() => QuantizationOptions.Default with
    {
        ExcludedNodes = [.. OnnxReader.Read(FloatPath).Graph.Nodes.Select(node => node.Name).Where(name => FloatNodes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))],
    };

    /// <summary>The samples of an array as the model's input wants them.</summary>
    public static IEnumerable<IReadOnlyList<EdgeTensor>> Samples(string file, string array)
    {
        using var archive = NumpyArchive.Open(Path(file));
        foreach (var slice in archive.ReadSlices(array))
        {
            yield return [ToInput(slice)];
        }
    }

    public override string ToString() => Name;

    private static string Path(string name) => SharedData.Path("models", "own", name);

    private static EdgeTensor ToInput(EdgeTensor slice) => slice.Type switch
    {
        DataType.Int16 => Float32(slice.AsSpan<short>().ToArray().Select(value => value / 32768f), [1, .. slice.Shape.ToArray()]),
        DataType.UInt8 => Picture(slice),
        DataType.Float16 => Float32(slice.AsSpan<Half>().ToArray().Select(value => (float)value), [1, .. slice.Shape.ToArray()]),
        _ => EdgeTensor.FromBytes(DataType.Float32, new Shape([1, .. slice.Shape.ToArray()]), MemoryMarshal.AsBytes(slice.AsSpan<float>())),
    };

    /// <summary>Height × width × channels of bytes as planes of 0 to 1.</summary>
    private static EdgeTensor Picture(EdgeTensor slice)
    {
        var (height, width, channels) = (slice.Shape[0].Value, slice.Shape[1].Value, slice.Shape[2].Value);
        var pixels = slice.AsSpan<byte>().ToArray();
        var planes = from c in Enumerable.Range(0, (int)channels) from i in Enumerable.Range(0, (int)(height * width)) select pixels[(i * channels) + c] / 255f;
        return Float32(planes, [1, channels, height, width]);
    }

    private static EdgeTensor Float32(IEnumerable<float> values, ImmutableArray<long> shape) => EdgeTensor.Of<float>(values.ToArray(), [.. shape]);
}
