using EdgeAI.Compiler.Targets.Npu;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Onnx;

namespace EdgeAI.Sdk.Tests.Targets.Npu;

/// <summary>QLinear operators of ai.onnx and com.microsoft, straight on 8-bit inputs and outputs.</summary>
public sealed class NpuIntegerFormTests
{
    private static readonly DataType[] Types = [DataType.UInt8, DataType.Int8];

    [Test]
    public void QLinearConv_EqualsOracle([ValueSource(nameof(Types))] DataType type)
    {
        var (model, x) = Start(type, 1, 6, 9, 10);
        var weights = Random(DataType.Int8, 1, 12, 6, 3, 3);
        var scales = Enumerable.Range(1, 12).Select(i => 0.001f * i).ToArray();
        var bias = ConstantTensor.Of<int>(new Shape(12), [.. Enumerable.Range(0, 12).Select(i => (i * 3000) - 18000)]);
        Finish(model, model.Node(
            "QLinearConv",
            [x, model.Scale(0.05f), model.Zero(type, 7), model.Constant(weights), model.Scale(scales), model.Zero(DataType.Int8, new int[12]), model.Scale(0.7f), model.Zero(type, 11), model.Constant(bias)],
            TestUnits.Attributes(("pads", [1, 1, 1, 1]))));
    }

    [Test]
    public void QLinearMatMul_EqualsOracle([ValueSource(nameof(Types))] DataType type)
    {
        var (model, x) = Start(type, 5, 33);
        var weights = model.Constant(Random(DataType.Int8, 2, 33, 18));
        Finish(model, model.Node("QLinearMatMul", [x, model.Scale(0.05f), model.Zero(type, 7), weights, model.Scale(0.01f), model.Zero(DataType.Int8, 0), model.Scale(0.4f), model.Zero(type, 11)]));
    }

    [Test]
    public void QGemm_EqualsOracle([ValueSource(nameof(Types))] DataType type, [Values(1f, 0.5f)] float alpha)
    {
        var (model, x) = Start(type, 3, 20);
        var bias = ConstantTensor.Of<int>(new Shape(9), [.. Enumerable.Range(0, 9).Select(i => i * 500)]);
        var attributes = new AttributeList(new NodeAttribute("transB", new AttributeValue.Int(1)), new NodeAttribute("alpha", new AttributeValue.Float(alpha)));
        Finish(model, model.Node(
            "QGemm",
            [x, model.Scale(0.05f), model.Zero(type, 7), model.Constant(Random(DataType.Int8, 3, 9, 20)), model.Scale(0.01f), model.Zero(DataType.Int8, 0), model.Constant(bias), model.Scale(0.3f), model.Zero(type, 11)],
            attributes, "com.microsoft"));
    }

    [TestCase("QLinearAdd")]
    [TestCase("QLinearMul")]
    public void QLinearAddAndMul_EqualOracle(string op)
    {
        foreach (var type in Types)
        {
            var (model, x) = Start(type, 1, 5, 9, 40);
            Finish(model, model.Node(
                op, [x, model.Scale(0.05f), model.Zero(type, 7), x, model.Scale(0.031f), model.Zero(type, 1), model.Scale(op == "QLinearAdd" ? 0.1f : 0.3f), model.Zero(type, 11)], domain: "com.microsoft"));
        }
    }

    [Test]
    public void QLinearAveragePool_EqualsOracle([ValueSource(nameof(Types))] DataType type)
    {
        var (model, x) = Start(type, 1, 33, 8, 8);
        Finish(model, model.Node(
            "QLinearAveragePool", [x, model.Scale(0.05f), model.Zero(type, 7), model.Scale(0.05f), model.Zero(type, 7)],
            TestUnits.Attributes(("kernel_shape", [2, 2]), ("strides", [2, 2])), "com.microsoft"));
    }

    [Test]
    public void QLinearGlobalAveragePool_EqualsOracle([ValueSource(nameof(Types))] DataType type)
    {
        var (model, x) = Start(type, 1, 33, 7, 7);
        Finish(model, model.Node(
            "QLinearGlobalAveragePool", [x, model.Scale(0.05f), model.Zero(type, type == DataType.UInt8 ? 125 : 7), model.Scale(0.003f), model.Zero(type, type == DataType.UInt8 ? 7 : 11)],
            new AttributeList(new NodeAttribute("channels_last", new AttributeValue.Int(0))), "com.microsoft"));
    }

    [TestCase("QLinearLeakyRelu")]
    [TestCase("QLinearSigmoid")]
    public void Tables_EqualOracle(string op)
    {
        foreach (var type in Types)
        {
            foreach (var scale in (float[])[0.01f, 0.05f, 0.2f])
            {
                var (model, x) = Start(type, 1, 256, 10);
                var output = op == "QLinearSigmoid" ? 1f / 256 : scale * 0.6f;
                Finish(model, model.Node(op, [x, model.Scale(scale), model.Zero(type, 7), model.Scale(output), model.Zero(type, type == DataType.UInt8 ? 0 : -128)], domain: "com.microsoft"));
            }
        }
    }

    [Test]
    public void QLinearConcat_EqualsOracle([ValueSource(nameof(Types))] DataType type)
    {
        var (model, x) = Start(type, 1, 5, 6, 7);
        Finish(model, model.Node(
            "QLinearConcat", [model.Scale(0.05f), model.Zero(type, 7), x, model.Scale(0.05f), model.Zero(type, 7), x, model.Scale(0.04f), model.Zero(type, 3)],
            new AttributeList(new NodeAttribute("axis", new AttributeValue.Int(1))), "com.microsoft"));
    }

    /// <summary>Along one axis since version 13, over all axes from it on before: the same where the later ones are 1.</summary>
    [TestCase(13, 1, 1, 3, 2, 2)]
    [TestCase(13, -1, 1, 3, 2, 9)]
    [TestCase(11, 1, 5, 30, 1, 1)]
    [TestCase(11, 3, 1, 3, 2, 9)]
    [TestCase(11, -1, 7, 11)]
    public void QLinearSoftmax_EqualsOracle(int opset, int axis, params int[] extents)
    {
        foreach (var type in Types)
        {
            var (model, x) = Start(type, [.. extents.Select(extent => (long)extent)]);
            Finish(model, QLinearSoftmax(model, x, type, opset, axis));
        }
    }

    [TestCase(1, 1, 3, 2, 2)]
    [TestCase(-3, 1, 3, 1, 2)]
    [TestCase(0, 1, 3)]
    public void QLinearSoftmax_OverSeveralAxes_IsRefused(int axis, params int[] extents)
    {
        var (model, x) = Start(DataType.UInt8, [.. extents.Select(extent => (long)extent)]);
        model.Graph.AddOutput(QLinearSoftmax(model, x, DataType.UInt8, 11, axis));
        var refusals = NpuRig.Segment(model.Model, _ => true).Units.Select(new NpuTarget(NpuConfiguration.Edge1k).Check);
        Assert.That(refusals.Single()?.Reason ?? "taken", Does.Contain("the axis depends on the operator set"));
    }

    /// <summary>A group says no version of its own; its model does.</summary>
    [TestCase(11)]
    [TestCase(13)]
    public void SoftmaxGroup_OverSeveralAxesBeforeVersion13_IsRefused(int opset)
    {
        var model = new QdqModel(opset);
        var x = model.Input(DataType.UInt8, 0.05f, 120, 1, 3, 2, 2);
        model.Output(model.Group("Softmax", [x], x.Type, 1f / 256, 0, new AttributeList(new NodeAttribute("axis", new AttributeValue.Int(1)))));
        var refusals = NpuRig.Inner(model).Units.Select(new NpuTarget(NpuConfiguration.Edge1k).Check);
        Assert.That(refusals.Single(), opset < 13 ? Is.Not.Null : Is.Null);
    }

    private static Value QLinearSoftmax(QdqModel model, Value x, DataType type, int opset, int axis) => model.Node(
        "QLinearSoftmax", [x, model.Scale(0.05f), model.Zero(type, 7), model.Scale(type == DataType.UInt8 ? 1f / 256 : 1f / 250), model.Zero(type, type == DataType.UInt8 ? 0 : -128)],
        new AttributeList(new NodeAttribute("axis", new AttributeValue.Int(axis)), new NodeAttribute("opset", new AttributeValue.Int(opset))), "com.microsoft");

    private static (QdqModel Model, Value X) Start(DataType type, params long[] extents)
    {
        var model = new QdqModel();
        var x = model.Graph.AddValue("input", new TensorType(type, new Shape(extents)));
        model.Graph.AddInput(x);
        return (model, x);
    }

    private static ConstantTensor Random(DataType type, int seed, params long[] extents)
    {
        var bytes = new byte[new Shape(extents).ElementCount];
        new Random(seed).NextBytes(bytes);
        return new ConstantTensor(type, new Shape(extents), bytes);
    }

    private static void Finish(QdqModel model, Value output)
    {
        model.Graph.AddOutput(output);
        var segment = NpuRig.Segment(model.Model, _ => true);
        var bytes = OnnxWriter.ToBytes(model.Model);
        foreach (var machine in (NpuConfiguration[])[NpuConfiguration.Edge1k, NpuRig.Tiny])
        {
            NpuRig.AssertEqualToOracle(segment, bytes, machine, seed: 4, runs: 1);
        }
    }
}
