using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Quantization;
using EdgeAI.Sdk.Tests.Graph;
using static EdgeAI.Sdk.Tests.Quantization.QuantizedTestModel;

namespace EdgeAI.Sdk.Tests.Quantization;

/// <summary>What cannot be quantized is said, and the rest is quantized.</summary>
public sealed class QuantizerBadInputTests
{
    [Test]
    public void Quantize_NoSamples_SaysThatDataIsMissing() =>
        Assert.That(() => Quantize(TwoConvolutions().Model, samples: 0), Throws.TypeOf<QuantizationException>().With.Message.Contain("no calibration data"));

    [Test]
    public void Quantize_SampleOfAnotherShape_NamesSampleInputFoundAndExpected() =>
        Assert.That(() => Run([ConstantTensor.Of<float>(new Shape(1, 3), 1, 2, 3)]), Throws.TypeOf<QuantizationException>()
            .With.Message.EqualTo("Sample 0: input 'x' is fed with Float32[1,3]; expected Float32[1,3,6,6]."));

    [Test]
    public void Quantize_SampleOfAnotherCount_NamesTheInputs() =>
        Assert.That(() => Run([]), Throws.TypeOf<QuantizationException>().With.Message.Contain("Sample 0 has 0 tensors; the model has 1 inputs"));

    [Test]
    public void Quantize_NaNInTheInput_LeavesItsReadersFloatAndQuantizesTheRest()
    {
        var test = TwoConvolutions();
        test.Output(test.Node("Conv", "", test.Input("f32[1,1,2,2]", "clean"), test.Constant<float>(new Shape(1, 1, 1, 1), 2f)));
        using var quantizer = new ModelQuantizer();
        var samples = Samples(test.Model, 2).Append([WithNaN(), ConstantTensor.Of<float>(new Shape(1, 1, 2, 2), 1, 2, 3, 4)]);
        var report = quantizer.Core.Quantize(test.Model, samples).Report;
        Assert.That(report.Nodes[0].WhyFloat, Does.Contain("held NaN or infinity in 1 of 3 samples"));
        Assert.That(report.Nodes[^1].IsQuantized, "the clean branch");
    }

    [Test]
    public void Quantize_NaNOnTheOnlyWay_SaysWhyNothingIsQuantized()
    {
        var model = TwoConvolutions().Model;
        using var quantizer = new ModelQuantizer();
        var samples = Samples(model, 2).Append([WithNaN()]);
        Assert.That(() => quantizer.Core.Quantize(model, samples), Throws.TypeOf<QuantizationException>().With.Message.Contain("held NaN or infinity in 1 of 3 samples"));
    }

    [Test]
    public void Quantize_InfiniteActivation_LeavesItFloatAndQuantizesTheRest()
    {
        var test = new TestGraph(17);
        var conv = test.Node("Conv", "", test.Input("f32[1,1,4,4]"), test.Constant<float>(new Shape(1, 1, 1, 1), 2f));
        var scaled = test.Node("Mul", "", conv, test.Constant<float>(Shape.Scalar, float.MaxValue));
        var huge = test.Node("Mul", "", scaled, test.Constant<float>(Shape.Scalar, 1e9f));
        test.Output(test.Node("Mul", "", huge, test.Constant<float>(Shape.Scalar, 0f)));
        var report = Quantize(test.Model).Report;
        Assert.That(report.Nodes[0].IsQuantized, "the convolution");
        Assert.That(report.Nodes[^1].WhyFloat, Does.Contain("NaN or infinity"));
    }

    [Test]
    public void Quantize_NaNInAWeight_LeavesThatNodeFloat()
    {
        var test = TwoConvolutions();
        test.Output(test.Node("Conv", "", test.Graph.Outputs[0], test.Constant<float>(new Shape(1, 2, 1, 1), float.NaN, 1)));
        var report = Quantize(test.Model).Report;
        Assert.That(report.Nodes.Select(node => node.IsQuantized), Is.EqualTo(new[] { true, true, true, false }));
        Assert.That(report.Nodes[^1].WhyFloat, Does.Contain("holds NaN or infinity"));
    }

    [Test]
    public void Quantize_AlwaysZero_HasScaleOneAndANote()
    {
        var test = new TestGraph(17);
        var conv = test.Output(test.Node("Conv", "", test.Input("f32[1,1,2,2]"), test.Constant<float>(new Shape(1, 1, 1, 1), 0f)));
        var result = Quantize(test.Model);
        var tensor = result.Report.Tensors.Single(tensor => tensor.Name == conv.Name);
        Assert.That((tensor.Parameters.Scales[0], tensor.Note), Is.EqualTo((1f, "always zero")));
        Assert.That(QuantizedTestModel.Run(result.Model, Samples(test.Model, 1).Single()), Is.All.Zero);
    }

    [Test]
    public void Quantize_AQuantizedModel_SaysSo()
    {
        var quantized = Quantize(TwoConvolutions().Model).Model;
        Assert.That(() => Quantize(quantized), Throws.TypeOf<QuantizationException>().With.Message.Contain("it is quantized already").And.Message.Contain("start from the float model"));
    }

    [Test]
    public void Quantize_NothingButUnknownOperators_SaysWhy()
    {
        var test = new TestGraph(17);
        test.Output(test.Node("Sin", "", test.Input("f32[2]")));
        Assert.That(() => Quantize(test.Model), Throws.TypeOf<QuantizationException>().With.Message.Contain("operator Sin is not among those that are quantized (1 nodes)"));
    }

    [Test]
    public void Quantize_HalfFloats_StayAndSayWhy()
    {
        var test = new TestGraph(17);
        test.Output(test.Node("Relu", "", test.Input("f16[2]")));
        using var quantizer = new ModelQuantizer();
        var sample = ConstantTensor.Of<Half>(new Shape(2), (Half)1, (Half)(-1));
        Assert.That(() => quantizer.Core.Quantize(test.Model, [[sample]]), Throws.TypeOf<QuantizationException>().With.Message.EqualTo("Nothing in the model can be quantized: 'in0' is Float16; Float32 is quantized (1 nodes)."));
    }

    [TestCase(DataType.Int16, DataType.Int8, "ActivationType Int16")]
    [TestCase(DataType.Int8, DataType.UInt8, "Int8 activations with UInt8 weights")]
    public void Quantize_TypesThatNoKernelTakes_AreRefused(DataType activations, DataType weights, string message) =>
        Assert.That(() => Quantize(TwoConvolutions().Model, new() { ActivationType = activations, WeightType = weights }), Throws.TypeOf<QuantizationException>().With.Message.Contain(message));

    [Test]
    public void Quantize_Cancelled_Ends()
    {
        var model = TwoConvolutions().Model;
        using var quantizer = new ModelQuantizer();
        using var source = new CancellationTokenSource();
        var seen = 0;
        var progress = new Immediate(_ => { if (++seen == 2) source.Cancel(); });
        Assert.That(() => quantizer.Core.Quantize(model, Samples(model, 10), null, progress, source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(seen, Is.EqualTo(2));
    }

    private static ConstantTensor WithNaN()
    {
        var values = Random(108, 1);
        values[5] = float.NaN;
        return ConstantTensor.Of<float>(new Shape(1, 3, 6, 6), values);
    }

    private static void Run(IReadOnlyList<ConstantTensor> sample)
    {
        using var quantizer = new ModelQuantizer();
        quantizer.Core.Quantize(TwoConvolutions().Model, [sample]);
    }

    private sealed class Immediate(Action<QuantizationProgress> report) : IProgress<QuantizationProgress>
    {
        public void Report(QuantizationProgress value) => report(value);
    }
}
