using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Quantization;
using EdgeAI.Sdk.Tests.Graph;
using static EdgeAI.Sdk.Tests.Quantization.QuantizedTestModel;

namespace EdgeAI.Sdk.Tests.Quantization;

/// <summary>What becomes of small models under each setting; ONNX Runtime runs the result.</summary>
public sealed class StaticQuantizerTests
{
    private static IEnumerable<TestCaseData> Settings()
    {
        var plain = QuantizationOptions.Default;
        yield return Case("defaults", plain);
        yield return Case("per tensor", plain with { PerChannel = false });
        yield return Case("int8 activations", plain with { ActivationType = DataType.Int8 });
        yield return Case("symmetric", plain with { SymmetricActivations = true });
        yield return Case("uint8 weights", plain with { PerChannel = false, WeightType = DataType.UInt8 });
        yield return Case("reduced range", plain with { ReduceRange = true });
        yield return Case("dedicated pairs", plain with { DedicatedPairs = true });
        yield return Case("pairs on weights", plain with { PairsOnWeights = true });
        yield return Case("activation nodes kept", plain with { KeepActivationNodes = true });
        yield return Case("float bias", plain with { QuantizeBias = false });
        yield return Case("float outputs", plain with { UnquantizedOutputs = ["Conv"] });
        yield return Case("moving average", plain with { Method = CalibrationMethod.MovingAverage, AveragingConstant = 0.5 });

        static TestCaseData Case(string name, QuantizationOptions options) => new TestCaseData(options).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Settings))]
    public void Quantize_TwoConvolutions_AnswersLikeTheFloatModel(QuantizationOptions options)
    {
        var model = TwoConvolutions().Model;
        var quantized = Quantize(model, options).Model;
        var sample = Samples(model, 1).Single();
        Assert.That(Sqnr(Run(model, sample), Run(quantized, sample)), Is.GreaterThan(25), "dB");
    }

    [Test]
    public void Quantize_ConvReluConv_AbsorbsTheRelu()
    {
        var result = Quantize(TwoConvolutions().Model);
        Assert.That(result.Model.Graph.Nodes.Select(node => node.OpType), Is.EqualTo(new[]
        {
            "DequantizeLinear", "DequantizeLinear", "QuantizeLinear", "DequantizeLinear", "Conv",
            "DequantizeLinear", "DequantizeLinear", "QuantizeLinear", "DequantizeLinear", "Conv", "QuantizeLinear", "DequantizeLinear",
        }));
        Assert.That(result.Report.Nodes.Select(node => (node.Operator, node.IsQuantized)), Is.EqualTo(new[] { ("Conv", true), ("Relu", true), ("Conv", true) }));
    }

    [Test]
    public void Quantize_TheModelGiven_StaysAsItWas()
    {
        var model = TwoConvolutions().Model;
        var before = GraphPrinter.Print(model);
        Quantize(model);
        Assert.That(GraphPrinter.Print(model), Is.EqualTo(before));
    }

    [Test]
    public void Quantize_MovesBetweenConvolutions_ShareParameters()
    {
        var test = new TestGraph(17);
        var conv = test.Node("Conv", "", test.Input("f32[1,2,4,4]"), test.Constant<float>(new Shape(2, 2, 1, 1), 1, -1, 0.5f, 2));
        var pool = test.Node("MaxPool", "kernel_shape=[2,2] strides=[2,2]", conv);
        test.Output(test.Node("Flatten", "", pool));
        var tensors = Quantize(test.Model).Report.Tensors.ToDictionary(tensor => tensor.Name);
        Assert.Multiple(() =>
        {
            Assert.That(tensors[pool.Name].SharedWith, Is.EqualTo(conv.Name));
            Assert.That(tensors[test.Graph.Outputs[0].Name].SharedWith, Is.EqualTo(conv.Name));
            Assert.That(tensors[pool.Name].Parameters, Is.EqualTo(tensors[conv.Name].Parameters));
        });
    }

    [Test]
    public void Quantize_GemmWithFactorsAndRowBias_KeepsItsMeaning()
    {
        var test = new TestGraph(17);
        var gemm = test.Node("Gemm", "alpha=0.5 beta=2.5 transB=1", test.Input("f32[4,3]"), test.Constant<float>(new Shape(2, 3), Random(6, 3)), test.Constant<float>(new Shape(1, 2), 0.3f, -0.7f));
        test.Output(gemm);
        var quantized = Quantize(test.Model).Model;
        var sample = Samples(test.Model, 1).Single();
        Assert.That(Sqnr(Run(test.Model, sample), Run(quantized, sample)), Is.GreaterThan(35), "dB");
        Assert.That(quantized.Graph.Constants.Count(constant => constant.Element == DataType.Int32), Is.GreaterThan(0), "the bias is quantized");
    }

    [Test]
    public void Quantize_SoftmaxOutput_HasTheRangeOfProbabilities()
    {
        var test = new TestGraph(17);
        var gemm = test.Node("Gemm", "", test.Input("f32[1,3]"), test.Constant<float>(new Shape(3, 2), Random(6, 3)));
        var softmax = test.Output(test.Node("Softmax", "", gemm));
        var tensor = Quantize(test.Model).Report.Tensors.Single(tensor => tensor.Name == softmax.Name);
        Assert.That(tensor.Range, Is.EqualTo(new TensorRange(0, 1)));
    }

    [Test]
    public void Quantize_ClipThatCutsZeroOff_Stays()
    {
        var test = new TestGraph(17);
        var conv = test.Node("Conv", "", test.Input("f32[1,1,4,4]"), test.Constant<float>(new Shape(1, 1, 1, 1), 2f));
        test.Output(test.Node("Clip", "", conv, test.Constant<float>(Shape.Scalar, 0.5f), test.Constant<float>(Shape.Scalar, 1f)));
        var quantized = Quantize(test.Model).Model;
        var sample = Samples(test.Model, 1).Single();
        Assert.That(quantized.Graph.Nodes.Select(node => node.OpType), Does.Contain("Clip"));
        Assert.That(Sqnr(Run(test.Model, sample), Run(quantized, sample)), Is.GreaterThan(30), "dB");
    }

    [Test]
    public void Quantize_ExcludedNode_StaysFloatAndSaysWhy()
    {
        var model = TwoConvolutions().Model;
        var name = model.Graph.Nodes[2].Name;
        var report = Quantize(model, QuantizationOptions.Default with { ExcludedNodes = [name] }).Report;
        Assert.That(report.Nodes.Single(node => node.Name == name).WhyFloat, Is.EqualTo("the node is excluded"));
    }

    [Test]
    public void Quantize_Override_IsWhatTheTensorGets()
    {
        var model = TwoConvolutions().Model;
        var options = QuantizationOptions.Default with { Overrides = QuantizationOptions.Default.Overrides.Add("x", new TensorOverride { Parameters = (0.125f, 3) }) };
        Assert.That(Quantize(model, options).Report.Tensors.Single(tensor => tensor.Name == "x").Parameters, Is.EqualTo(QuantizationParameters.PerTensor(0.125f, 3)));
    }

    [Test]
    public void Quantize_ActivationsInSeveralGroups_GivesTheSame()
    {
        var model = TwoConvolutions().Model;
        var whole = Quantize(model).Report.Tensors;
        var parts = Quantize(model, QuantizationOptions.Default with { MaximumActivationBytes = 1 }).Report.Tensors;
        Assert.That(parts, Is.EqualTo(whole));
    }

    [Test]
    public async Task QuantizeAsync_SamplesOverTime_GivesTheSame()
    {
        var model = TwoConvolutions().Model;
        using var quantizer = new ModelQuantizer();
        var result = await quantizer.Core.QuantizeAsync(model, Later(Samples(model, 4)));
        Assert.That(result.Report.Tensors, Is.EqualTo(Quantize(model).Report.Tensors));

        static async IAsyncEnumerable<IReadOnlyList<ConstantTensor>> Later(IEnumerable<IReadOnlyList<ConstantTensor>> samples)
        {
            foreach (var sample in samples)
            {
                await Task.Yield();
                yield return sample;
            }
        }
    }

    [Test]
    public void Quantize_DynamicBatch_CalibratesWithWhatItIsFed()
    {
        var test = new TestGraph(17);
        var gemm = test.Node("Gemm", "", test.Input("f32[N,3]", "x"), test.Constant<float>(new Shape(3, 2), Random(6, 3)));
        test.Output(gemm);
        using var quantizer = new ModelQuantizer();
        var samples = Enumerable.Range(1, 3).Select(batch => (IReadOnlyList<ConstantTensor>)[ConstantTensor.Of<float>(new Shape(batch, 3), Random(3 * batch, batch))]);
        var result = quantizer.Core.Quantize(test.Model, samples);
        Assert.That(result.Report.Tensors.Select(tensor => tensor.Name), Does.Contain("x").And.Contain(gemm.Name));
    }

    [Test]
    public void Quantize_OldModelWithBatchNormalization_IsLiftedAndFolded()
    {
        var test = new TestGraph(9);
        var conv = test.Node("Conv", "", test.Input("f32[1,3,4,4]"), test.Constant<float>(new Shape(2, 3, 1, 1), Random(6, 3)));
        test.Output(test.Node("BatchNormalization", "", conv, test.Vector<float>(1, 2), test.Vector<float>(0.5f, -0.5f), test.Vector<float>(0, 0.1f), test.Vector<float>(1, 0.5f)));
        var result = Quantize(test.Model);
        var sample = Samples(test.Model, 1).Single();
        Assert.That(result.Model.Opset(""), Is.GreaterThanOrEqualTo(13));
        Assert.That(result.Model.Graph.Nodes.Select(node => node.OpType), Does.Not.Contain("BatchNormalization"));
        Assert.That(Sqnr(Run(test.Model, sample), Run(result.Model, sample)), Is.GreaterThan(30), "dB");
    }
}
