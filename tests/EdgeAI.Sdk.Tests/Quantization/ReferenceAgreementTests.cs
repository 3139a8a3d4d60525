using System.Globalization;
using EdgeAI.Cli;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;

namespace EdgeAI.Sdk.Tests.Quantization;

/// <summary>The same model, samples and settings give what ONNX Runtime's quantizer gave: same tensors, scales, zero points, weights and biases.</summary>
public sealed class ReferenceAgreementTests
{
    /// <summary>The reference ran on 16 or more; sums of float products depend on it.</summary>
    private const int ReferenceThreads = 16;

    /// <summary>Pictures that the reference decoded with another library: its activations have other ranges, its weights are compared below.</summary>
    private const string Detector = "meter_detector";

    private static IEnumerable<OwnModel> CalibratedOnArrays() => OwnModel.All.Where(own => own.Name != Detector);

    [TestCaseSource(nameof(CalibratedOnArrays))]
    public void Constants_OfOwnModels_AreThoseOfTheReference(OwnModel own)
    {
        using var quantizer = new ModelQuantizer(new CpuOptions { Optimization = GraphOptimization.None, Threads = ReferenceThreads });
        var ours = Constants(quantizer.Quantize(own.FloatPath, own.Samples(), own.Options()).Model);
        var reference = Constants(OnnxReader.Read(own.ReferencePath));
        Assert.That(ours.Keys, Is.EquivalentTo(reference.Keys), "constants by name");
        Assert.Multiple(() =>
        {
            foreach (var (name, tensor) in reference)
            {
                Assert.That(ours[name].ToString(), Is.EqualTo(tensor.ToString()), name);
                Assert.That(Difference(ours[name], tensor), Is.LessThanOrEqualTo(Tolerance(name)), $"{name}: {Text(ours[name])}; the reference has {Text(tensor)}");
            }
        });
    }

    [Test]
    public void Weights_OfTheDetector_AreThoseOfTheReference()
    {
        var own = OwnModel.Of(Detector);
        using var quantizer = new ModelQuantizer();
        var model = own.Read();
        var inputs = model.Graph.Inputs.Select(input => new TensorSpec(input.Name, input.Element, input.Shape));
        var source = new SampleSource(OwnModel.PathOf(own.Calibration), [.. inputs], new SampleSettings(null, [], [], false, 16000, 1));
        var ours = Constants(quantizer.Quantize(own.FloatPath, source.Read(), own.Options()).Model);
        var reference = Constants(OnnxReader.Read(own.ReferencePath));
        Assert.That(ours.Keys, Is.EquivalentTo(reference.Keys), "constants by name");
        var weights = reference.Where(pair => IsWeight(pair.Key)).ToList();
        Assert.That(weights.Count(pair => pair.Key.EndsWith("_quantized", StringComparison.Ordinal)), Is.EqualTo(48), "weights");
        Assert.Multiple(() =>
        {
            foreach (var (name, tensor) in weights)
            {
                Assert.That((ours[name].Type, ours[name].Data.Span.SequenceEqual(tensor.Data.Span)), Is.EqualTo((tensor.Type, true)), name);
            }
        });
    }

    /// <summary>A weight, its scale or its zero point.</summary>
    private static bool IsWeight(string name) => WeightEnds.Any(end => name.EndsWith(end, StringComparison.Ordinal));

    private static readonly string[] WeightEnds = ["weight_quantized", "weight_scale", "weight_zero_point"];

    [Test]
    public void Operators_OfOwnModels_AreThoseOfTheReference()
    {
        var own = OwnModel.Of("kws_dscnn_features");
        using var quantizer = new ModelQuantizer();
        var ours = quantizer.Quantize(own.FloatPath, own.Samples().Take(1), own.Options()).Model;
        Assert.That(Operators(ours), Is.EquivalentTo(Operators(OnnxReader.Read(own.ReferencePath))));
    }

    private static IEnumerable<string> Operators(Model model) => model.Graph.Nodes.Select(node => $"{node.OpType} {string.Join(' ', node.Attributes.Select(attribute => attribute.Name).Order())}".Trim());

    private static Dictionary<string, ConstantTensor> Constants(Model model) =>
        model.Graph.Constants.Where(value => value.Consumers.Any(node => node.OpType is "QuantizeLinear" or "DequantizeLinear"))
            .ToDictionary(value => value.Name, value => value.Constant!);

    private static double Tolerance(string name) =>
        IsWeight(name) ? 0
        : name.EndsWith("_quantized_scale", StringComparison.Ordinal) ? ReferenceTolerance.Of("bias scale")
        : name.EndsWith("_scale", StringComparison.Ordinal) ? ReferenceTolerance.Of("activation scale")
        : name.EndsWith("_bias_quantized", StringComparison.Ordinal) ? ReferenceTolerance.Of("bias") : 0;

    private static long Difference(ConstantTensor ours, ConstantTensor reference) => ours.Type == DataType.Float32
        ? ours.AsSpan<float>().ToArray().Zip(reference.AsSpan<float>().ToArray(), (a, b) => Math.Abs((long)BitConverter.SingleToInt32Bits(a) - BitConverter.SingleToInt32Bits(b))).Max()
        : ours.ToInt64().Zip(reference.ToInt64(), (a, b) => Math.Abs(a - b)).Max();

    private static string Text(ConstantTensor tensor) =>
        tensor.Type == DataType.Float32 ? string.Join(", ", tensor.AsSpan<float>().ToArray().Take(4).Select(value => value.ToString("R", CultureInfo.InvariantCulture)))
            : string.Join(", ", tensor.ToInt64().Take(8));
}
