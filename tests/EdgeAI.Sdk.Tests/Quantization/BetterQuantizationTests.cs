using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Quantization;
using EdgeAI.Quantization.Correction;
using EdgeAI.Quantization.Preparation;
using EdgeAI.Sdk.Tests.Graph;
using static EdgeAI.Sdk.Tests.Quantization.QuantizedTestModel;

namespace EdgeAI.Sdk.Tests.Quantization;

/// <summary>What goes beyond ranges: equalization, bias correction, least-error weights, ranking, mixed precision, reports.</summary>
public sealed class BetterQuantizationTests
{
    [Test]
    public void Equalization_UnevenChannels_KeepsTheFunctionAndHelpsPerTensorWeights()
    {
        var model = Uneven().Model;
        var equal = ModelCopy.Of(model);
        Assert.That(LayerEqualization.Apply(equal.Graph), Is.EqualTo(1));
        var sample = Samples(model, 1).Single();
        Assert.That(Sqnr(Run(model, sample), Run(equal, sample)), Is.GreaterThan(100), "dB: the same function but for rounding");
        var plain = QuantizationOptions.Default with { PerChannel = false };
        Assert.That(Noise(model, plain with { EqualizeLayers = true }), Is.GreaterThan(Noise(model, plain) + 3), "dB");
    }

    [Test]
    public void BiasCorrection_InputsFarFromZero_TakesTheMeanErrorAway()
    {
        var test = new TestGraph(17);
        var conv = test.Node("Conv", "", test.Input("f32[1,8,4,4]", "x"), test.Constant<float>(new Shape(4, 8, 1, 1), [.. Random(31, 5), 6f]), test.Vector<float>(0, 0, 0, 0));
        test.Output(conv);
        var samples = Enumerable.Range(0, 16).Select(index => (IReadOnlyList<ConstantTensor>)[ConstantTensor.Of<float>(new Shape(1, 8, 4, 4), [.. Random(128, index).Select(value => 10 + (value * 0.1f))])]).ToList();
        var plain = QuantizationOptions.Default with { PerChannel = false };
        Assert.That(Math.Abs(MeanError(test.Model, plain with { CorrectBiases = true }, samples)), Is.LessThan(Math.Abs(MeanError(test.Model, plain, samples)) / 2));
    }

    [Test]
    public void LeastErrorWeights_OneLargeWeight_RepresentsTheOthersBetter()
    {
        var test = new TestGraph(17);
        test.Output(test.Node("Conv", "", test.Input("f32[1,16384,1,1]"), test.Constant<float>(new Shape(1, 16384, 1, 1), [.. Random(16383, 3).Select(value => value * 0.01f), 0.05f])));
        Assert.That(WeightNoise(QuantizationOptions.Default with { LeastErrorWeights = true }), Is.GreaterThan(WeightNoise(QuantizationOptions.Default)));

        double WeightNoise(QuantizationOptions options) => Quantize(test.Model, options).Report.Tensors.Single(tensor => tensor.IsConstant).Sqnr!.Value;
    }

    [Test]
    public void Rank_OneBadLayer_IsTheFirst()
    {
        var (model, bad) = OneBadLayer();
        using var quantizer = new ModelQuantizer();
        var calibrated = quantizer.Core.Calibrate(model, Samples(model, 4), QuantizationOptions.Default with { PerChannel = false }, seesAll: true);
        var layers = quantizer.Core.Rank(calibrated, [.. Samples(model, 4)]);
        Assert.That(layers[0].Nodes[0], Is.EqualTo(bad));
        Assert.That(layers.Select(layer => layer.Sqnr), Is.Ordered);
    }

    [Test]
    public void Mix_TargetThatOneLayerMisses_LeavesThatLayerFloat()
    {
        var (model, bad) = OneBadLayer();
        using var quantizer = new ModelQuantizer();
        var samples = Samples(model, 4).ToList();
        var calibrated = quantizer.Core.Calibrate(model, samples, QuantizationOptions.Default with { PerChannel = false }, seesAll: true);
        var layers = quantizer.Core.Rank(calibrated, samples);
        var mixed = quantizer.Core.Mix(calibrated, layers, samples, layers[0].Sqnr + 0.5);
        Assert.That(mixed.IsReached, $"{mixed.Score} dB");
        Assert.That(mixed.FloatLayers.Select(layer => layer.Nodes[0]), Is.EqualTo(new[] { bad }), string.Join(", ", layers.Select(layer => $"{layer.Nodes[0]} {layer.Sqnr:F1} dB")));
        Assert.That(mixed.ToString(), Is.EqualTo("1 of 4 layers stay float"));
    }

    [Test]
    public void Mix_TargetBeyondReach_SaysSo()
    {
        var model = TwoConvolutions().Model;
        using var quantizer = new ModelQuantizer();
        var samples = Samples(model, 2).ToList();
        var calibrated = quantizer.Core.Calibrate(model, samples, seesAll: true);
        Assert.That(quantizer.Core.Mix(calibrated, quantizer.Core.Rank(calibrated, samples), samples, 1000).IsReached, Is.False);
    }

    [Test]
    public void Measure_TwoConvolutions_TellsNoiseOfEveryActivation()
    {
        var report = Measured();
        Assert.Multiple(() =>
        {
            Assert.That(report.OutputSqnr.Single(), Is.InRange(25, 80));
            Assert.That(report.Tensors.Where(tensor => tensor.Name != "x").Select(tensor => tensor.Sqnr), Has.All.GreaterThan(20));
            Assert.That(report.Tensors.Where(tensor => !tensor.IsConstant && tensor.Name != "x").Select(tensor => tensor.Histogram.Sum()), Has.All.GreaterThan(0));
        });
    }

    [Test]
    public void WriteHtml_AReport_IsAPageByItself()
    {
        using var writer = new StringWriter();
        ReportWriter.WriteHtml(Measured(), "<model>", writer);
        var page = writer.ToString();
        Assert.That(page, Does.StartWith("<!DOCTYPE html>").And.Contain("&lt;model&gt;").And.Contain("<svg").And.Contain("prefers-color-scheme").And.Not.Contain("http"));
        var body = page[page.IndexOf("<body>", StringComparison.Ordinal)..(page.IndexOf("</body>", StringComparison.Ordinal) + "</body>".Length)];
        Assert.That(() => System.Xml.Linq.XElement.Parse(body), Throws.Nothing, "each element is closed, each sign that means something is escaped");
    }

    [Test]
    public void WriteJson_AReport_CanBeRead()
    {
        using var stream = new MemoryStream();
        ReportWriter.WriteJson(Measured(), stream);
        using var json = System.Text.Json.JsonDocument.Parse(stream.ToArray());
        Assert.That(json.RootElement.GetProperty("tensors").GetArrayLength(), Is.GreaterThan(4));
        Assert.That(json.RootElement.GetProperty("nodes")[0].GetProperty("quantized").GetBoolean());
    }

    [TestCase(CalibrationMethod.Percentile)]
    [TestCase(CalibrationMethod.Entropy)]
    [TestCase(CalibrationMethod.LeastError)]
    public void Quantize_WithEachMethod_AnswersLikeTheFloatModel(CalibrationMethod method)
    {
        var model = TwoConvolutions().Model;
        Assert.That(Noise(model, QuantizationOptions.Default with { Method = method }), Is.GreaterThan(20), "dB");
    }

    private static QuantizationReport Measured()
    {
        var model = TwoConvolutions().Model;
        using var quantizer = new ModelQuantizer();
        var calibrated = quantizer.Core.Calibrate(model, Samples(model, 3));
        return quantizer.Core.Measure(calibrated, calibrated.Quantize(), Samples(model, 3));
    }

    private static double Noise(Model model, QuantizationOptions options)
    {
        var sample = Samples(model, 1).Single();
        return Sqnr(Run(model, sample), Run(Quantize(model, options).Model, sample));
    }

    private static double MeanError(Model model, QuantizationOptions options, IReadOnlyList<IReadOnlyList<ConstantTensor>> samples)
    {
        using var quantizer = new ModelQuantizer();
        var quantized = quantizer.Core.Quantize(model, samples, options with { UnquantizedOutputs = ["Conv"] }).Model;
        return samples.Average(sample => Run(model, sample).Zip(Run(quantized, sample), (a, b) => (double)b - a).Average());
    }

    /// <summary>Conv, Relu, Conv whose channels differ by factors of 100.</summary>
    private static TestGraph Uneven()
    {
        var test = new TestGraph(17);
        var factors = new[] { 1f, 100, 0.1f, 10 };
        var first = Random(12, 1).Select((value, i) => value * factors[i / 3]).ToArray();
        var second = Random(8, 2).Select((value, i) => value / factors[i % 4]).ToArray();
        var conv = test.Node("Conv", "", test.Input("f32[1,3,4,4]"), test.Constant<float>(new Shape(4, 3, 1, 1), first), test.Vector<float>(1, 100, 0.1f, 10));
        test.Output(test.Node("Conv", "", test.Node("Relu", "", conv), test.Constant<float>(new Shape(2, 4, 1, 1), second), test.Vector<float>(0, 1)));
        return test;
    }

    /// <summary>Three convolutions; the second has one weight that takes the scale from all others.</summary>
    private static (Model Model, string Bad) OneBadLayer()
    {
        var test = new TestGraph(17);
        var value = test.Input("f32[1,4,4,4]");
        for (var i = 0; i < 3; i++)
        {
            var weight = Random(16, i + 1);
            if (i == 1)
            {
                weight = [.. weight.Select(item => item * 0.02f)];
                weight[0] = 8;
                value = test.Node("Mul", "", value, test.Constant<float>(new Shape(1, 4, 1, 1), 0.001f, 1, 1, 1));
            }

            value = test.Node("Conv", "", value, test.Constant<float>(new Shape(4, 4, 1, 1), weight));
        }

        test.Output(value);
        var model = test.Model;
        return (model, model.Graph.Nodes.Where(node => node.OpType == "Conv").ElementAt(1).Name);
    }
}
