using EdgeAI.Hal.Cpu;
using EdgeAI.Testing;

namespace EdgeAI.Hal.Tests.Cpu;

public sealed class CpuRunTests : CpuFixture
{
    [Test]
    public void Execute_AddRelu_GivesTheSum()
    {
        using var model = Device.Load(Onnx(AddRelu()));
        using var run = model.Prepare([View(1f, -5f, 3f, 0f), View(1f, 2f, -1f, 0f)], [default]);
        var statistics = run.Execute();
        Assert.Multiple(() =>
        {
            Assert.That(Values<float>(run.Output(0)), Is.EqualTo(new[] { 2f, 0f, 2f, 0f }));
            Assert.That(statistics.Cycles, Is.Zero);
            Assert.That(run.OutputSpec(0).Shape, Is.EqualTo(new Shape(4)));
        });
    }

    [Test]
    public void Execute_ChangedInput_IsReadAnewInEachRun()
    {
        using var model = Device.Load(Onnx(AddRelu()));
        var a = Buffer(1f, 1f, 1f, 1f);
        using var output = Device.Allocate(16);
        using var run = model.Prepare([new BufferView(a), View(0f, 0f, 0f, 0f)], [new BufferView(output)]);
        run.Execute();
        a.Write(0, Bytes(5f));
        run.Execute();
        Assert.That(Values<float>(new BufferView(output)), Is.EqualTo(new[] { 5f, 1f, 1f, 1f }));
    }

    [Test]
    public void Execute_SliceOfABuffer_ReadsAndWritesOnlyThere()
    {
        using var model = Device.Load(Onnx(AddRelu()));
        var arena = Buffer(9f, 9f, 9f, 9f, 1f, 2f, 3f, 4f, 9f, 9f, 9f, 9f);
        using var run = model.Prepare([new BufferView(arena, 16, 16), new BufferView(arena, 16, 16)], [new BufferView(arena, 32, 16)]);
        run.Execute();
        Assert.That(Values<float>(new BufferView(arena)), Is.EqualTo(new[] { 9f, 9f, 9f, 9f, 1f, 2f, 3f, 4f, 2f, 4f, 6f, 8f }));
    }

    [TestCase(1)]
    [TestCase(5)]
    public void Prepare_OpenExtent_FollowsFromTheSize(int batch)
    {
        using var model = Device.Load(Onnx(DoubleBatch()));
        using var run = model.Prepare([View([.. Enumerable.Range(0, batch * 3).Select(i => (float)i)])], [default]);
        Assert.That(run.OutputSpec(0).Shape.IsStatic, Is.False);
        run.Execute();
        Assert.Multiple(() =>
        {
            Assert.That(run.OutputSpec(0).Shape, Is.EqualTo(new Shape(batch, 3)));
            Assert.That(Values<float>(run.Output(0)), Is.EqualTo(Enumerable.Range(0, batch * 3).Select(i => 2f * i)));
        });
    }

    [Test]
    public void Execute_OpenOutputWithABoundView_CopiesThere()
    {
        using var model = Device.Load(Onnx(DoubleBatch()));
        using var roomy = Device.Allocate(64);
        using var run = model.Prepare([View(1f, 2f, 3f)], [new BufferView(roomy)]);
        run.Execute();
        Assert.Multiple(() =>
        {
            Assert.That(run.Output(0), Is.EqualTo(new BufferView(roomy, 0, 12)));
            Assert.That(Values<float>(run.Output(0)), Is.EqualTo(new[] { 2f, 4f, 6f }));
        });
    }

    [Test]
    public void Execute_OpenOutputWithATooSmallView_NamesBothSizes()
    {
        using var model = Device.Load(Onnx(DoubleBatch()));
        using var run = model.Prepare([View(1f, 2f, 3f)], [new BufferView(Device.Allocate(8))]);
        Assert.That(() => run.Execute(), Throws.TypeOf<TensorMismatchException>().With.Message.Contains("12 bytes").And.Message.Contains("8"));
    }

    [Test]
    public void Execute_ShapeThatDependsOnData_IsKnownAfterTheRun()
    {
        var model = new TinyOnnx().Input("x", DataType.Float32, 4).Output("y", DataType.Int64, 1, "n").Node("NonZero", "x", "y").Build();
        using var loaded = Device.Load(Onnx(model));
        var x = Buffer(0f, 1f, 0f, 2f);
        using var run = loaded.Prepare([new BufferView(x)], [default]);
        run.Execute();
        var first = Values<long>(run.Output(0));
        x.Write(0, Bytes(0f, 0f, 0f, 0f));
        run.Execute();
        Assert.Multiple(() =>
        {
            Assert.That(first, Is.EqualTo(new[] { 1L, 3L }));
            Assert.That(run.OutputSpec(0).Shape, Is.EqualTo(new Shape(1, 0)));
            Assert.That(run.Output(0).ByteCount, Is.Zero);
        });
    }

    [Test]
    public void Execute_ScalarsAndEmptyTensors_Run()
    {
        var model = new TinyOnnx().Input("s", DataType.Float32).Input("e", DataType.Float32, 0)
            .Output("t", DataType.Float32).Output("f", DataType.Float32, 0)
            .Node("Neg", "s", "t").Node("Neg", "e", "f").Build();
        using var loaded = Device.Load(Onnx(model));
        using var run = loaded.Prepare([View(3f), View<float>()], [default, default]);
        run.Execute();
        Assert.Multiple(() =>
        {
            Assert.That(Values<float>(run.Output(0)), Is.EqualTo(new[] { -3f }));
            Assert.That(run.Output(1).ByteCount, Is.Zero);
        });
    }

    [Test]
    public void Prepare_TwoOpenExtents_NeedsShapes()
    {
        var model = new TinyOnnx().Input("x", DataType.Float32, "h", "w").Output("y", DataType.Float32, "w", "h")
            .Node("Transpose", "x", "y").Build();
        using var loaded = Device.Load(Onnx(model));
        var x = View(1f, 2f, 3f, 4f, 5f, 6f);
        Assert.That(() => loaded.Prepare([x], [default]), Throws.TypeOf<TensorMismatchException>().With.Message.Contains("[h,w]").And.Message.Contains("24 bytes"));
        using var run = loaded.Prepare([x], [new Shape(2, 3)], [default]);
        run.Execute();
        Assert.That(Values<float>(run.Output(0)), Is.EqualTo(new[] { 1f, 4f, 2f, 5f, 3f, 6f }));
    }

    [Test]
    public void Prepare_SameNameInTwoInputs_SettlesTheOther()
    {
        var model = new TinyOnnx().Input("x", DataType.Float32, "n", "m").Input("y", DataType.Float32, "m").Output("z", DataType.Float32, "n", "m")
            .Node("Add", "x y", "z").Build();
        using var loaded = Device.Load(Onnx(model));
        using var run = loaded.Prepare([View(1f, 2f, 3f, 4f), View(10f, 20f)], [default]);
        run.Execute();
        Assert.That(Values<float>(run.Output(0)), Is.EqualTo(new[] { 11f, 22f, 13f, 24f }));
    }

    [Test]
    public void Execute_Strings_GoInAndOutAsPackedText()
    {
        var model = new TinyOnnx().Input("s", DataType.String, 3).Output("t", DataType.String, 3).Output("n", DataType.String, 3)
            .Node("Identity", "s", "t").Node("StringConcat", "s s", "n").Build(opset: 20, irVersion: 9);
        using var loaded = Device.Load(Onnx(model));
        var text = Buffer(PackedText.Encode("hello", "", "grüß"));
        using var run = loaded.Prepare([new BufferView(text)], [default, default]);
        run.Execute();
        Assert.Multiple(() =>
        {
            Assert.That(PackedText.Decode(Values<byte>(run.Output(0)), 3), Is.EqualTo(new[] { "hello", "", "grüß" }));
            Assert.That(PackedText.Decode(Values<byte>(run.Output(1)), 3), Is.EqualTo(new[] { "hellohello", "", "grüßgrüß" }));
            Assert.That(((OnnxValue.Texts)run.ReadOutput(0)).Items, Is.EqualTo(new[] { "hello", "", "grüß" }));
        });
    }

    [Test]
    public void Execute_PackedTextWithWrongOffsets_IsRefusedAndTheRunGoesOn()
    {
        var model = new TinyOnnx().Input("s", DataType.String, 2).Output("t", DataType.String, 2).Node("Identity", "s", "t").Build();
        using var loaded = Device.Load(Onnx(model));
        var text = Buffer(PackedText.Encode("ab", "cd"));
        using var run = loaded.Prepare([new BufferView(text)], [default]);
        text.Write(4, Bytes(99));
        Assert.That(() => run.Execute(), Throws.TypeOf<TensorMismatchException>().With.Message.Contains("99"));
        text.Write(4, Bytes(1));
        run.Execute();
        Assert.That(PackedText.Decode(Values<byte>(run.Output(0)), 2), Is.EqualTo(new[] { "a", "bcd" }));
    }

    [Test]
    public void Prepare_WrongBuffers_NameTensorFoundAndExpected()
    {
        using var loaded = Device.Load(Onnx(AddRelu()));
        var good = View(1f, 2f, 3f, 4f);
        Assert.Multiple(() =>
        {
            Assert.That(() => loaded.Prepare([good], [default]), Throws.TypeOf<TensorMismatchException>().With.Message.Contains("1 inputs").And.Message.Contains("expected 2"));
            Assert.That(() => loaded.Prepare([good, default], [default]), Throws.TypeOf<TensorMismatchException>().With.Message.Contains("'").Or.Message.Contains("b: Float32[4]"));
            Assert.That(() => loaded.Prepare([good, View(1f)], [default]), Throws.TypeOf<TensorMismatchException>().With.Message.Contains("b: Float32[4] takes 16 bytes").And.Message.Contains("has 4"));
            Assert.That(() => loaded.Prepare([good, good], [View(1f)]), Throws.TypeOf<TensorMismatchException>().With.Message.Contains("y: Float32[4]"));
            Assert.That(() => loaded.Prepare([good, new BufferView(Device.Allocate(32), 2, 16)], [default]), Throws.TypeOf<TensorMismatchException>().With.Message.Contains("multiple"));
        });
    }

    [Test]
    public void Submit_OutOfOrder_IsRefused()
    {
        using var loaded = Device.Load(Onnx(AddRelu()));
        using var run = loaded.Prepare([View(1f, 2f, 3f, 4f), View(1f, 2f, 3f, 4f)], [default]);
        Assert.That(() => run.Wait(), Throws.InvalidOperationException);
        run.Submit();
        Assert.That(run.Submit, Throws.InvalidOperationException);
        run.Wait();
        Assert.That(Values<float>(run.Output(0)), Is.EqualTo(new[] { 2f, 4f, 6f, 8f }));
    }

    [Test]
    public void Execute_SteadyState_AllocatesNothing()
    {
        using var loaded = Device.Load(Onnx(AddRelu()));
        using var run = loaded.Prepare([View(1f, 2f, 3f, 4f), View(1f, 2f, 3f, 4f)], [default]);
        Assert.That(AllocatedBy(run, 1000), Is.Zero);
    }

    [Test]
    public void Execute_OpenShapes_AllocatesNothingEither()
    {
        using var loaded = Device.Load(Onnx(DoubleBatch()));
        using var run = loaded.Prepare([View(1f, 2f, 3f)], [default]);
        Assert.That(AllocatedBy(run, 1000, one => _ = one.OutputSpec(0).Shape.Rank + one.Output(0).ByteCount), Is.Zero);
    }

    [Test]
    public void Execute_TwelveRunsAtOnce_AllGiveTheirOwnResult()
    {
        using var loaded = Device.Load(Onnx(AddRelu()));
        var runs = Enumerable.Range(0, 12).Select(i => loaded.Prepare([View(i, 0f, 0f, 0f), View(1f, 0f, 0f, 0f)], [default])).ToList();
        Parallel.ForEach(runs, run =>
        {
            for (var i = 0; i < 200; i++)
                run.Execute();
        });
        Assert.That(runs.Select(run => Values<float>(run.Output(0))[0]), Is.EqualTo(Enumerable.Range(1, 12).Select(i => (float)i)));
    }

    [Test]
    public void Submit_Background_OverlapsAndGivesTheResult()
    {
        using var device = new CpuDevice(new CpuOptions { Threads = 1, Background = true });
        using var loaded = device.Load(Onnx(LongChain(40, 200)));
        using var x = device.Allocate(200 * 200 * 4);
        using var run = loaded.Prepare([new BufferView(x)], [default]);
        run.Submit();
        Assert.That(run.Submit, Throws.InvalidOperationException);
        run.Wait();
        run.Execute();
        Assert.That(Values<float>(run.Output(0)), Is.All.Zero);
    }

    private static long AllocatedBy(CpuRun run, int times, Action<CpuRun>? afterEach = null)
    {
        for (var i = 0; i < 100; i++)
            Once(run, afterEach);
        return LeastAllocated(() =>
        {
            for (var i = 0; i < times; i++)
                Once(run, afterEach);
        });
    }

    private static void Once(CpuRun run, Action<CpuRun>? afterEach)
    {
        run.Execute();
        afterEach?.Invoke(run);
    }
}
