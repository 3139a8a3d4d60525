using System.Globalization;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;

namespace EdgeAI.Sdk.Tests.Quantization;

/// <summary>The same model, samples and settings give what ONNX Runtime's quantizer gave: same tensors, scales, zero points, weights and biases.</summary>
public sealed class ReferenceAgreementTests
{
    /// <summary>
    /// ONNX Runtime sums float products in another order with another number of threads or another instruction set; the reference
    /// ran on 16 or more. Here all is equal to the bit; elsewhere scales may differ by that.
    /// </summary>
    private const int ReferenceThreads = 16;

    private const int ScaleTolerance = 4;

    [TestCaseSource(typeof(OwnModel), nameof(OwnModel.All))]
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
    public void Operators_OfOwnModels_AreThoseOfTheReference()
    {
        var own = OwnModel.All.First(model => model.Name == "kws_features");
        using var quantizer = new ModelQuantizer();
        var ours = quantizer.Quantize(own.FloatPath, own.Samples().Take(1), own.Options()).Model;
        Assert.That(Operators(ours), Is.EquivalentTo(Operators(OnnxReader.Read(own.ReferencePath))));
    }

    private static IEnumerable<string> Operators(Model model) => model.Graph.Nodes.Select(node => $"{node.OpType} {string.Join(' ', node.Attributes.Select(attribute => attribute.Name).Order())}".Trim());

    private static Dictionary<string, ConstantTensor> Constants(Model model) =>
        model.Graph.Constants.Where(value => value.Consumers.Any(node => node.OpType is "QuantizeLinear" or "DequantizeLinear"))
            .ToDictionary(value => value.Name, value => value.Constant!);

    /// <summary>In units of the last place of scales; a bias follows from them.</summary>
    private static int Tolerance(string name) =>
        name.EndsWith("_scale", StringComparison.Ordinal) ? 2 * ScaleTolerance : name.EndsWith("_bias_quantized", StringComparison.Ordinal) ? 1 : 0;

    private static long Difference(ConstantTensor ours, ConstantTensor reference) => ours.Type == DataType.Float32
        ? ours.AsSpan<float>().ToArray().Zip(reference.AsSpan<float>().ToArray(), (a, b) => Math.Abs((long)BitConverter.SingleToInt32Bits(a) - BitConverter.SingleToInt32Bits(b))).Max()
        : ours.ToInt64().Zip(reference.ToInt64(), (a, b) => Math.Abs(a - b)).Max();

    private static string Text(ConstantTensor tensor) =>
        tensor.Type == DataType.Float32 ? string.Join(", ", tensor.AsSpan<float>().ToArray().Take(4).Select(value => value.ToString("R", CultureInfo.InvariantCulture)))
            : string.Join(", ", tensor.ToInt64().Take(8));
}
