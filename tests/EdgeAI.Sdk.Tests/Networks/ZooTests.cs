using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EdgeAI.Graph;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;
using EdgeAI.Testing.Networks;

namespace EdgeAI.Sdk.Tests.Networks;

public sealed class ZooTests
{
    private const float LargestActivation = 1000;

    /// <summary>Parameters (in the form with BatchNormalization) and millions of multiply-accumulates as published.</summary>
    private static IEnumerable<TestCaseData> Published()
    {
        // Papers and torchvision's tables of models; exact where the published network is the same to the last bias.
        yield return Case("mobilenet_v1", 4_231_976, 569);
        yield return Case("mobilenet_v2", 3_504_872, 300);
        yield return Case("mobilenet_v3_small", 2_542_856, 57);
        yield return Case("efficientnet_b0", 5_288_548, 386);
        yield return Case("efficientnet_lite0", 4_652_008, 385);
        yield return Case("resnet18", 11_689_512, 1814);
        yield return Case("resnet50", 25_557_032, 4089);
        yield return Case("squeezenet1_0", 1_248_424, 819);
        yield return Case("squeezenet1_1", 1_235_496, 349);
        yield return Case("googlenet", 6_998_552, 1582);
        yield return Case("inception_v3", 23_834_568, 5713);
        yield return Case("densenet121", 7_978_856, 2834);
        yield return Case("bert_tiny", 4_385_920, null);
        yield return Case("vit_tiny", 5_717_416, 1258);
        yield return Case("yolov5n_320", 1_872_157, 560);

        // MLPerf Tiny counts means and variances of normalizations, and gives its convolutions biases that a normalization makes idle.
        yield return Case("dscnn_kws", 24_908 - 576 - 1_152, 2.7);
        yield return Case("autoencoder_ad", 269_992 - 2_064, 0.264);
        yield return Case("resnet8", 78_666 - 240 - 480, 12.5);
        yield return Case("mobilenet_v1_025_96", 221_794 - 2_736 - 5_472, 7.49);

        static TestCaseData Case(string name, long parameters, double? millions) => new TestCaseData(name, parameters, millions).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Published))]
    public void Network_CountedWithNorms_HasThePublishedSize(string name, long parameters, double? millions)
    {
        var statistics = NetworkStatistics.Of(OnnxWriter.ToBytes(Zoo.Find(name).Build(norms: true)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(statistics.Parameters, Is.EqualTo(parameters));
            Assert.That(statistics.MultiplyAccumulates / 1e6, Is.EqualTo(millions ?? statistics.MultiplyAccumulates / 1e6).Within(2).Percent);
        }
    }

    [TestCase(0.25, 1.52)]
    [TestCase(0.35, 1.68)]
    [TestCase(1.4, 6.11)]
    public void MobileNetV2_Width_HasThePublishedParameters(double width, double millions) =>
        Assert.That(NetworkStatistics.Of(OnnxWriter.ToBytes(Zoo.MobileNetV2(96, width, norms: true))).Parameters / 1e6, Is.EqualTo(millions).Within(2).Percent);

    [Test]
    public void Darts_CountedWithNorms_HasThePublishedSize() =>
        Assert.That(NetworkStatistics.Of(OnnxWriter.ToBytes(Zoo.Cells(CellGenotype.Darts, norms: true))).Parameters / 1e6, Is.EqualTo(3.3).Within(3).Percent);

    [Test]
    public void UNet_Width32_HasThePublishedParameters() =>
        Assert.That(NetworkStatistics.Of(OnnxWriter.ToBytes(Zoo.UNet(width: 32, norms: true))).Parameters, Is.EqualTo(7_763_041));

    [TestCaseSource(typeof(Zoo), nameof(Zoo.All))]
    public void Network_InOnnxRuntime_StaysInRange(ZooNetwork network)
    {
        var bytes = network.Bytes;
        var ranges = ValueRanges.Measure(bytes, ZooNetwork.Feeds(bytes));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ranges.Where(range => !(Math.Max(-range.Value.Low, range.Value.High) < LargestActivation)), Is.Empty);
            Assert.That(OnnxReader.Read(bytes).Graph.Outputs.Where(output => ranges[output.Name].Low == ranges[output.Name].High), Is.Empty, "constant outputs");
        }
    }

    [TestCaseSource(typeof(Zoo), nameof(Zoo.All))]
    public void Network_ReadAndWritten_IsSoundAndStaysTheSame(ZooNetwork network)
    {
        var bytes = network.Bytes;
        var model = OnnxReader.Read(bytes);
        Assert.That(OnnxWriter.ToBytes(model).AsSpan().SequenceEqual(bytes), "bytes after read and write");
        GraphVerifier.Verify(model);
        ShapeInference.Infer(model);
        Assert.That(model.Graph.Values.Values.Where(value => !value.Shape.IsStatic), Is.Empty);
    }

    [TestCase("dscnn_kws", "787f49c51df3f7cc")]
    [TestCase("resnet8", "bd6556df5a61be6f")]
    [TestCase("mobilenet_v2_035_128", "9c8729d4ba7691ee")]
    [TestCase("lstm_tagger", "f2c1894443ce2506")]
    [TestCase("randwire_1000", "529aef0e71ba6a2f")]
    public void Network_BuiltAgain_HasTheRecordedHash(string name, string hash) =>
        Assert.That(Convert.ToHexStringLower(SHA256.HashData(OnnxWriter.ToBytes(Zoo.Find(name).Build())))[..16], Is.EqualTo(hash));

    [Test]
    public void Network_OtherSeed_HasOtherWeightsOfTheSameTopology()
    {
        var (first, second) = (OnnxWriter.ToBytes(Zoo.ResNet8(seed: 1)), OnnxWriter.ToBytes(Zoo.ResNet8(seed: 2)));
        Assert.That(second, Has.Length.EqualTo(first.Length).And.Not.EqualTo(first));
    }

    [TestCase("dscnn_kws")]
    [TestCase("autoencoder_ad")]
    [TestCase("mobilenet_v2_035_128")]
    [TestCase("mobilenet_v3_small")]
    [TestCase("unet_16")]
    public void Norms_KeptOrFolded_ComputeTheSame(string name)
    {
        var network = Zoo.Find(name);
        var (folded, kept) = (Run(network.Bytes), Run(OnnxWriter.ToBytes(network.Build(norms: true))));
        Assert.That(folded.Zip(kept, TensorDifference.Of).Max(difference => difference.Relative), Is.LessThan(1e-4));
    }

    [TestCase(100)]
    [TestCase(10_000)]
    public void RandWire_Size_HasThatManyNodes(int nodes)
    {
        var model = Zoo.RandWire(nodes);
        Assert.That(model.Graph.Nodes, Has.Count.InRange(nodes, nodes + 200));
    }

    [TestCase("dscnn_kws", 12)]
    [TestCase("resnet8", 20)]
    [TestCase("mobilenet_v2_035_128", 10)]
    [TestCase("yolov5n_320", 15)]
    [TestCase("bert_tiny", 15)]
    public void Int8_InOnnxRuntime_IsCloseToFloat(string name, double decibels)
    {
        var network = Zoo.Find(name);
        var (real, quantized) = (Run(network.Bytes), Run(network.Int8Bytes));
        GraphVerifier.Verify(OnnxReader.Read(network.Int8Bytes));
        Assert.That(SignalToNoise(Floats(real[0]), Floats(quantized[0])), Is.GreaterThan(decibels));
    }

    [Test]
    public void Int8_AnotherQuantizer_IsAsked()
    {
        var asked = Zoo.Int8(Zoo.Find("dscnn_kws").Bytes, (bytes, feeds) => OnnxReader.Read(bytes));
        Assert.That(asked.Graph.Nodes.Any(node => node.Is("QuantizeLinear")), Is.False);
    }

    private static IReadOnlyList<OnnxValue> Run(byte[] bytes)
    {
        using var oracle = new OnnxOracle();
        return oracle.Run(bytes, ZooNetwork.Feeds(bytes));
    }

    private static float[] Floats(OnnxValue value) => MemoryMarshal.Cast<byte, float>(((OnnxValue.Tensor)value).Data.AsSpan()).ToArray();

    private static double SignalToNoise(float[] expected, float[] found) =>
        10 * Math.Log10(expected.Sum(item => (double)item * item) / expected.Zip(found, (a, b) => (double)(a - b) * (a - b)).Sum());
}
