using EdgeAI.Graph;
using EdgeAI.Graph.Operators;
using EdgeAI.Hal;
using EdgeAI.Onnx;
using EdgeAI.Sdk.Tests.Api;
using EdgeAI.Sdk.Tests.Graph;

namespace EdgeAI.Sdk.Tests.Onnx;

/// <summary>Empty names at the end of a node's operands, and axes past the rank: what made ONNX Runtime or a lowering step outside.</summary>
public sealed class LeftOutOperandTests : ApiFixture
{
    [TestCase("DFT", "x _ _", 20, 1)]
    [TestCase("Clip", "x _ _", 13, 1)]
    [TestCase("Clip", "x _ x", 13, 3)]
    [TestCase("Add", "x _", 13, 2)]
    [TestCase("Concat", "x _", 13, 1)]
    [TestCase("Sum", "x _", 13, 1)]
    public void Write_EmptyNamesAtTheEnd_AreLeftOutForARuntimeWhereTheOperatorAllowsIt(string op, string inputs, int opset, int count)
    {
        var bytes = new TinyOnnx().Input("x", DataType.Float32, 1, 4, 2).Output("y", DataType.Float32, 1, 4, 2).Node(op, inputs, "y").Build(opset);
        var model = OnnxReader.Read(bytes);
        Assert.That(model.Graph.Nodes[0].Inputs, Has.Count.EqualTo(inputs.Split(' ').Length), "a file is kept as it is");
        var (code, _) = OnnxWriter.WriteWithExternalConstants(model);
        Assert.That(OnnxReader.Read(code).Graph.Nodes[0].Inputs, Has.Count.EqualTo(count));
    }

    [TestCase("Loop", 2)]
    [TestCase("Concat", 1)]
    [TestCase("Add", 2)]
    [TestCase("Conv", 2)]
    [TestCase("Resize", 1)]
    public void LeastInputCount_OfAnOperator_KeepsWhatTheStandardAsksFor(string op, int count) =>
        Assert.That(OperatorRegistry.Find("", op)!.LeastInputCount, Is.GreaterThanOrEqualTo(count));

    /// <summary>ONNX Runtime 1.30 ends with SIGSEGV where the axis' empty name stands in the file.</summary>
    [Test]
    public void Run_FourierTransformWithAnEmptyAxis_GivesTheDefaultAxis()
    {
        using var model = Load(new TinyOnnx().Input("x", DataType.Float32, 1, 4, 2).Output("y", DataType.Float32, 1, 4, 2).Node("DFT", "x _ _", "y").Build(20));
        Assert.That(model.Run<float>([1, 0, 1, 0, 1, 0, 1, 0]).AsSpan<float>().ToArray(), Is.EqualTo(new float[] { 4, 0, 0, 0, 0, 0, 0, 0 }).Within(1e-6f));
    }

    [TestCase("Softmax", 13, 2, true)]
    [TestCase("Softmax", 13, -3, true)]
    [TestCase("Softmax", 11, 3, true)]
    [TestCase("Softmax", 11, 2, false)]
    [TestCase("LogSoftmax", 13, 5, true)]
    [TestCase("Hardmax", 13, -4, true)]
    [TestCase("LpNormalization", 13, 7, true)]
    [TestCase("Softmax", 13, -2, false)]
    public void Infer_AxisOutsideTheRank_IsRefused(string op, int opset, long axis, bool isRefused)
    {
        var test = new TestGraph(opset);
        test.Output(test.Node(op, $"axis={axis}", test.Input("f32[2,3]")));
        Assert.That(() => ShapeInference.Infer(test.Model), isRefused ? Throws.InstanceOf<ModelFormatException>().With.Message.Contains($"found {axis}; expected -2 … 1") : Throws.Nothing);
    }
}
