using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Quantization;
using EdgeAI.Quantization.Calibration;
using EdgeAI.Quantization.Correction;
using EdgeAI.Quantization.Preparation;
using EdgeAI.Quantization.Reporting;
using EdgeAI.Sdk.Tests.Graph;
using static EdgeAI.Sdk.Tests.Quantization.QuantizedTestModel;

namespace EdgeAI.Sdk.Tests.Quantization;

/// <summary>Ranges at the ends of binary32, dead channels, and activations that are taken out only where the range does their work.</summary>
public sealed class RangeLimitTests
{
    [Test]
    public void Histogram_DenormalsFirst_Ends()
    {
        var histogram = new Histogram(128, 1 << 13);
        var work = Task.Run(() =>
        {
            Add(histogram, [1e-44f]);
            Add(histogram, [1f]);
        });
        Assert.That(work.Wait(TimeSpan.FromSeconds(20)), "it ends");
        Assert.That(histogram.Counts.ToArray().Sum(), Is.EqualTo(2));
        Assert.That(PercentileRange.Find(histogram, 100).Maximum, Is.EqualTo(1).Within(0.02));
    }

    [Test]
    public void Histogram_LargestNumbers_HaveEdges()
    {
        var histogram = new Histogram(128, 1 << 13);
        Add(histogram, [-3e38f, 3e38f, 1e38f]);
        Add(histogram, [float.MaxValue]);
        for (var bin = 0; bin < histogram.Counts.Length; bin++)
        {
            Assert.That(float.IsFinite(histogram.Edge(bin)) && float.IsFinite(histogram.Edge(bin + 1)) && float.IsFinite(histogram.Center(bin)), $"bin {bin}");
            Assert.That(histogram.Edge(bin), Is.LessThanOrEqualTo(histogram.Edge(bin + 1)));
        }
    }

    [Test]
    public void Equalization_DeadChannel_LeavesItAlone()
    {
        var test = new TestGraph(17);
        var first = test.Node("Conv", "", test.Input("f32[1,1,2,2]"), test.Constant<float>(new Shape(2, 1, 1, 1), 1f, 8f), test.Vector<float>(1, 1));
        test.Output(test.Node("Conv", "", test.Node("Relu", "", first), test.Constant<float>(new Shape(1, 2, 1, 1), 1e-40f, 2f)));
        var equal = ModelCopy.Of(test.Model);
        LayerEqualization.Apply(equal.Graph);
        var weights = equal.Graph.Nodes.Where(node => node.OpType == "Conv").Select(node => node.Inputs[1]!.Constant!.AsSpan<float>().ToArray()).ToList();
        Assert.That(weights[0], Is.EqualTo(new[] { 1f, 4f }));
        Assert.That(weights[1], Is.EqualTo(new[] { 1e-40f, 4f }));
    }

    private static IEnumerable<TestCaseData> Wide()
    {
        yield return Case("symmetric ranges", options => options with { SymmetricRanges = true });
        yield return Case("an override", options => options with { Overrides = ImmutableDictionary<string, TensorOverride>.Empty.Add("y", new() { Minimum = -1 }) });
        yield return Case("the smallest range", options => options with { MinimumRange = 100 });
        yield return Case("always zero", options => options, -1);

        static TestCaseData Case(string name, Func<QuantizationOptions, QuantizationOptions> change, float weight = 1) => new TestCaseData(change, weight).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Wide))]
    public void Quantize_RangeBeyondTheActivation_KeepsIt(Func<QuantizationOptions, QuantizationOptions> change, float weight)
    {
        var model = Clipped(weight);
        using var quantizer = new ModelQuantizer();
        IReadOnlyList<ConstantTensor>[] samples = [[ConstantTensor.Of<float>(new Shape(1, 1, 1, 4), 0, 1, 2, 3)]];
        var result = quantizer.Core.Quantize(model, samples, change(QuantizationOptions.Default));
        Assert.That(result.Model.Graph.Nodes.Count(node => node.OpType == "Clip"), Is.EqualTo(1));
        var found = Run(result.Model, [ConstantTensor.Of<float>(new Shape(1, 1, 1, 4), -50 * weight, -3 * weight, 3 * weight, 50 * weight)]);
        Assert.That(found, Has.All.InRange(-1e-6f, 6.001f).Or.All.InRange(-0.5f, 6.5f), string.Join(", ", found));
        Assert.That(found[0], Is.Zero.Within(0.4));
    }

    [Test]
    public void Quantize_RangeWithinTheActivation_TakesItOut()
    {
        using var quantizer = new ModelQuantizer();
        var result = quantizer.Core.Quantize(Clipped(1), [[ConstantTensor.Of<float>(new Shape(1, 1, 1, 4), -9, 1, 2, 30)]]);
        Assert.That(result.Model.Graph.Nodes.Select(node => node.OpType), Has.None.EqualTo("Clip"));
    }

    [Test]
    public void Quantize_ReducedRangeWithLeastErrorWeights_UsesSevenBits([Values] bool perChannel)
    {
        var test = new TestGraph(17);
        test.Output(test.Node("Conv", "", test.Input("f32[1,64,1,1]"), test.Constant<float>(new Shape(1, 64, 1, 1), [.. Random(63, 3).Select(value => value * 0.01f), 1f])));
        var result = Quantize(test.Model, QuantizationOptions.Default with { ReduceRange = true, LeastErrorWeights = true, PerChannel = perChannel });
        var name = result.Report.Tensors.Single(tensor => tensor.IsConstant).IntegerName!;
        var integers = result.Model.Graph.Values[name].Constant!.AsSpan<sbyte>().ToArray();
        Assert.That(integers, Has.All.InRange((sbyte)-64, (sbyte)64));
        Assert.That(integers, Has.Some.EqualTo((sbyte)64), "all of them");
    }

    [TestCase(float.NaN, 1f)]
    [TestCase(0f, float.PositiveInfinity)]
    public void Validate_OverrideThatIsNoNumber_Refuses(float minimum, float maximum) =>
        Assert.That(() => (QuantizationOptions.Default with { Overrides = ImmutableDictionary<string, TensorOverride>.Empty.Add("y", new() { Minimum = minimum, Maximum = maximum }) }).Validate(),
            Throws.TypeOf<QuantizationException>().With.Message.Contain("expected numbers"));

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    public void Validate_MinimumRangeThatIsNoNumber_Refuses(float width) =>
        Assert.That(() => (QuantizationOptions.Default with { MinimumRange = width }).Validate(), Throws.TypeOf<QuantizationException>().With.Message.Contain("MinimumRange"));

    [TestCase(double.PositiveInfinity, "no noise")]
    [TestCase(double.NegativeInfinity, "no signal")]
    [TestCase(double.NaN, "–")]
    [TestCase(23.44, "23.4")]
    public void Decibels_Text_TellsNoNoiseFromNoSignal(double sqnr, string text) => Assert.That(Decibels.Text(sqnr), Is.EqualTo(text));

    [Test]
    public void NoiseMeter_NoiseWithoutSignal_IsNotPerfect()
    {
        var meter = new NoiseMeter();
        meter.Add([0f], [1f]);
        Assert.That(Decibels.Text(meter.Sqnr), Is.EqualTo("no signal"));
    }

    [Test]
    public void ChannelMeans_DifferentNumbersOfChannels_AreNone()
    {
        var means = new ChannelMeans();
        means.Add([1f, 2f], new Shape(1, 2));
        Assert.That(means.Means, Is.EqualTo(new[] { 1f, 2f }));
        means.Add([1f, 2f, 3f], new Shape(1, 3));
        Assert.That(means.Means, Is.Null);
    }

    private static Model Clipped(float weight)
    {
        var test = new TestGraph(17);
        var conv = test.Node("Conv", "", test.Input("f32[1,1,1,4]", "x"), test.Constant<float>(new Shape(1, 1, 1, 1), weight));
        var clip = test.Node("Clip", "", conv, test.Constant<float>(Shape.Scalar, 0f), test.Constant<float>(Shape.Scalar, 6f));
        test.Graph.Rename(clip, "y");
        test.Output(test.Node("MaxPool", "kernel_shape=[1,1]", clip));
        return test.Model;
    }

    private static void Add(Histogram histogram, float[] values) => histogram.Add(values, RangeScan.Of(values));
}
