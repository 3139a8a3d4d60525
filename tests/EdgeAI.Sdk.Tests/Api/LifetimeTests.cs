using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Runtime;

namespace EdgeAI.Sdk.Tests.Api;

public sealed class LifetimeTests
{
    private static readonly string Keyword = Path.Combine(AppContext.BaseDirectory, "models", "kws_dscnn_int8.onnx");

    [Test]
    public void Run_AfterDispose_Throws()
    {
        using var runtime = EdgeRuntime.Create();
        var model = runtime.Load(Keyword);
        model.Dispose();
        model.Dispose();
        Assert.That(() => model.Run<float>(new float[16000]), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => model.CreateSession(), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void Dispose_WhileOthersRun_EndsEachRunWellOrWithObjectDisposed()
    {
        using var runtime = EdgeRuntime.Create();
        for (var round = 0; round < 10; round++)
        {
            var model = runtime.Load(Keyword);
            var runs = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
            {
                while (true)
                {
                    model.Run<float>(new float[16000]);
                }
            })).ToArray();
            Thread.Sleep(5);
            model.Dispose();
            foreach (var run in runs)
            {
                Assert.That(async () => await run, Throws.InstanceOf<ObjectDisposedException>(), $"round {round}");
            }
        }
    }

    [Test]
    public void Session_OfADisposedModel_RunsToItsEnd()
    {
        using var runtime = EdgeRuntime.Create();
        var model = runtime.Load(Keyword);
        using var session = model.CreateSession();
        model.Dispose();
        Assert.That(() => session.Run(), Throws.Nothing, "the session holds what it needs");
    }

    [Test]
    public void Run_ManyShapes_KeepsOnlySoManyCompiled()
    {
        using var runtime = EdgeRuntime.Create();
        var path = SharedData.Path("models", "cls", "mnist_cnn_pytorch.onnx");
        using var model = runtime.Load(path, new LoadOptions { MaxCompiledShapes = 2 });
        for (var batch = 1; batch <= 6; batch++)
        {
            Assert.That(model.Run<float>(new float[batch * 28 * 28])[0].Shape, Is.EqualTo(new Shape(batch, 10)));
        }

        Assert.That(model.Run<float>(new float[28 * 28])[0].Shape, Is.EqualTo(new Shape(1, 10)), "compiled again");
    }

    [TestCase(0)]
    [TestCase(2)]
    public void CreateSession_WrongNumberOfShapes_SaysHowMany(int count)
    {
        using var runtime = EdgeRuntime.Create();
        using var model = runtime.Load(Keyword);
        Assert.That(() => model.CreateSession([.. Enumerable.Repeat(new Shape(1, 16000), count)]), Throws.InstanceOf<TensorMismatchException>().With.Message.Contains($"{count} shapes are given; the model has 1 inputs"));
    }

    [Test]
    public void Run_Null_IsRefusedByName()
    {
        using var runtime = EdgeRuntime.Create();
        using var model = runtime.Load(Keyword);
        Assert.That(() => model.Run([null!]), Throws.InstanceOf<TensorMismatchException>().With.Message.Contains("waveform"));
    }

    [Test]
    public void CreateSession_TextInput_IsRefusedWithTheWayOut()
    {
        using var runtime = EdgeRuntime.Create();
        using var model = runtime.Load(SharedData.Path("models", "sensor", "mlnet_breastcancer_lr.onnx"));
        Assert.That(() => model.CreateSession(), Throws.InstanceOf<TensorMismatchException>().With.Message.Contains("Label").And.Message.Contains("use Run"));
    }

    [Test]
    public void Plan_WrittenAndRead_RunsWithoutCompilerAndGivesTheSame()
    {
        using var runtime = EdgeRuntime.Create(devices => devices.AddNpu(new SimulatedNpu(NpuConfiguration.Micro256)));
        using var model = runtime.Load(Keyword);
        var waveform = Enumerable.Range(0, 16000).Select(i => MathF.Sin(i * 0.05f) * 0.3f).ToArray();
        var expected = model.Run<float>(waveform).AsSpan<float>().ToArray();
        var plan = PlanReader.Read(PlanWriter.ToBytes(model.Plan));
        using var executor = new Executor(plan, runtime.Devices);
        var context = executor.Rent();
        context.Input(0).Buffer!.Write(context.Input(0).Offset, System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(waveform));
        context.Run();
        var found = new float[12];
        context.Output(0).Buffer!.Read(context.Output(0).Offset, System.Runtime.InteropServices.MemoryMarshal.AsBytes(found.AsSpan()));
        Assert.That(found, Is.EqualTo(expected));
        Assert.That(plan.StepCount("npu"), Is.GreaterThan(0));
        executor.Return(context);
    }

    [Test]
    public void Plan_OfAModelThatStaysOnTheCpu_NamesNoOtherDevice()
    {
        using var runtime = EdgeRuntime.Create(devices => devices.AddNpu(new SimulatedNpu(NpuConfiguration.Micro256)));
        using var model = runtime.Load(SharedData.Path("models", "sensor", "rf_iris_sklearn.onnx"));
        Assert.That(model.Plan.Devices.Select(device => device.Id), Is.EqualTo(new[] { "cpu" }));
    }
}
