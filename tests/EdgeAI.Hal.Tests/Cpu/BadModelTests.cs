using EdgeAI.Hal.Cpu;
using EdgeAI.Testing;

namespace EdgeAI.Hal.Tests.Cpu;

public sealed class BadModelTests : CpuFixture
{
    private CpuRun _neighbour = null!;

    [SetUp]
    public void RunANeighbour() =>
        _neighbour = Device.Load(Onnx(AddRelu())).Prepare([View(1f, 2f, 3f, 4f), View(0f, 0f, 0f, 0f)], [default]);

    [TearDown]
    public void TheNeighbourLivesOn()
    {
        _neighbour.Execute();
        Assert.That(Values<float>(_neighbour.Output(0)), Is.EqualTo(new[] { 1f, 2f, 3f, 4f }));
    }

    [Test]
    public void Load_OtherFormat_NamesBoth()
    {
        var executable = Onnx(AddRelu()) with { Format = "edgeai-npu/1" };
        Assert.That(() => Device.Load(executable), Throws.TypeOf<ExecutableFormatException>().With.Message.Contains("'onnx'").And.Message.Contains("'edgeai-npu/1'"));
    }

    [Test]
    public void Load_NoBytes_IsRefused() =>
        Assert.That(() => Device.Load(Onnx([])), Throws.TypeOf<ExecutableFormatException>().With.Message.Contains("empty"));

    [Test]
    public void Load_NotOnnx_IsRefused() =>
        Assert.That(() => Device.Load(Onnx("<html>not a model</html>"u8.ToArray())), Throws.TypeOf<ExecutableFormatException>().With.Message.Contains("24 bytes"));

    [Test]
    public void Load_AnyTruncation_IsRefusedOrLoads()
    {
        var model = AddRelu();
        var refusals = Enumerable.Range(1, model.Length - 1).Select(length => Refusal(model[..length])).ToList();
        Assert.That(refusals, Has.All.Null.Or.TypeOf<ExecutableFormatException>());
        Assert.That(refusals.Count(refusal => refusal is not null), Is.GreaterThan(model.Length * 9 / 10));
    }

    [Test]
    public void Load_FlippedBytes_IsRefusedOrLoads([Values(1, 2, 3)] int seed)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var i = 0; i < 60; i++)
        {
            var model = AddRelu();
            model[random.Next(model.Length)] ^= (byte)(1 << random.Next(8));
            Assert.That(Refusal(model), Is.Null.Or.TypeOf<ExecutableFormatException>());
        }
    }

    [Test]
    public void Load_UnknownOperator_NamesOperatorAndNode()
    {
        var model = new TinyOnnx().Input("x", DataType.Float32, 1).Output("y", DataType.Float32, 1).Node("Teleport", "x", "y").Build();
        Assert.That(() => Device.Load(Onnx(model)), Throws.TypeOf<ExecutableFormatException>().With.Message.Contains("Teleport"));
    }

    [Test]
    public void Load_TypesThatDoNotFit_IsRefused()
    {
        var model = new TinyOnnx().Input("a", DataType.Float32, 1).Input("b", DataType.Int64, 1).Output("y", DataType.Float32, 1).Node("Add", "a b", "y").Build();
        Assert.That(() => Device.Load(Onnx(model)), Throws.TypeOf<ExecutableFormatException>().With.Message.Contains("Add_y"));
    }

    [Test]
    public void Load_SignatureOfOtherTypes_NamesFoundAndExpected()
    {
        var signature = new ExecutableSignature(
            [new TensorSpec("a", DataType.Int8, new Shape(4)), new TensorSpec("b", DataType.Float32, new Shape(4))],
            [new TensorSpec("y", DataType.Float32, new Shape(4))]);
        Assert.That(() => Device.Load(Onnx(AddRelu()) with { Signature = signature }),
            Throws.TypeOf<ExecutableFormatException>().With.Message.Contains("a: Int8[4]").And.Message.Contains("a: Float32[4]"));
    }

    [Test]
    public void Load_SignatureThatLeavesAnInputOut_NamesIt()
    {
        var signature = new ExecutableSignature([new TensorSpec("a", DataType.Float32, new Shape(4))], [new TensorSpec("y", DataType.Float32, new Shape(4))]);
        Assert.That(() => Device.Load(Onnx(AddRelu()) with { Signature = signature }),
            Throws.TypeOf<ExecutableFormatException>().With.Message.Contains("b: Float32[4]"));
    }

    [Test]
    public void Load_SignatureWithAnUnknownName_ListsTheModels()
    {
        var signature = new ExecutableSignature([], [new TensorSpec("z", DataType.Float32, new Shape(4))]);
        Assert.That(() => Device.Load(Onnx(AddRelu()) with { Signature = signature }),
            Throws.TypeOf<ExecutableFormatException>().With.Message.Contains("no output 'z'").And.Message.Contains("y: Float32[4]"));
    }

    [Test]
    public void Load_SignatureInOtherOrder_BindsByName()
    {
        var four = new Shape(4);
        var model = new TinyOnnx().Input("a", DataType.Float32, 4).Input("b", DataType.Float32, 4).Output("y", DataType.Float32, 4).Node("Sub", "a b", "y").Build();
        var signature = new ExecutableSignature(
            [new TensorSpec("b", DataType.Float32, four), new TensorSpec("a", DataType.Float32, four)], [new TensorSpec("y", DataType.Float32, four)]);
        using var loaded = Device.Load(Onnx(model) with { Signature = signature });
        using var run = loaded.Prepare([View(1f, 1f, 1f, 1f), View(5f, 5f, 5f, 5f)], [default]);
        run.Execute();
        Assert.That(Values<float>(run.Output(0)), Is.All.EqualTo(4f));
    }

    [Test]
    public void Execute_NodeThatFails_NamesItAndTheRunCanBeRepeated()
    {
        var model = new TinyOnnx().Input("x", DataType.Float32, 4).Input("i", DataType.Int64, 1).Output("y", DataType.Float32, 1)
            .Node("Gather", "x i", "y").Build();
        using var loaded = Device.Load(Onnx(model));
        var index = Buffer(99L);
        using var run = loaded.Prepare([View(1f, 2f, 3f, 4f), new BufferView(index)], [default]);
        Assert.That(() => run.Execute(), Throws.TypeOf<DeviceFaultException>().With.Message.Contains("Gather_y").And.Message.Contains("99"));
        index.Write(0, Bytes(2L));
        run.Execute();
        Assert.That(Values<float>(run.Output(0)), Is.EqualTo(new[] { 3f }));
    }

    [Test]
    public void Execute_OutputOfAnotherShapeThanDeclared_IsAFault()
    {
        var model = new TinyOnnx().Input("x", DataType.Float32, "n").Output("y", DataType.Float32, "n").Node("Neg", "x", "y").Build();
        var signature = new ExecutableSignature(
            [new TensorSpec("x", DataType.Float32, new Shape(4))], [new TensorSpec("y", DataType.Float32, new Shape(2))]);
        using var loaded = Device.Load(Onnx(model) with { Signature = signature });
        using var run = loaded.Prepare([View(1f, 2f, 3f, 4f)], [default]);
        Assert.That(() => run.Execute(), Throws.TypeOf<DeviceFaultException>().With.Message.Contains("{2}").And.Message.Contains("{4}"));
    }

    private Exception? Refusal(byte[] model)
    {
        try
        {
            Device.Load(Onnx(model)).Dispose();
            return null;
        }
        catch (Exception refusal)
        {
            return refusal;
        }
    }
}
