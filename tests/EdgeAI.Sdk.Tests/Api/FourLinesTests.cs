using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Onnx;

namespace EdgeAI.Sdk.Tests.Api;

/// <summary>The API as ARCHITECTURE shows it, and what a runtime says of its devices.</summary>
public sealed class FourLinesTests
{
    [Test]
    public async Task FourLines_OnAQuantizedModel_ExplainAndAnswer()
    {
        using var file = new TemporaryModel(QuantizedModel(), "keyword.onnx");
        var waveform = Enumerable.Range(0, 2 * 8 * 16).Select(i => (i % 200) * 0.05f).ToArray();

        await using var runtime = EdgeRuntime.Create(devices => devices.AddCpu().AddNpu(new SimulatedNpu(NpuConfiguration.Edge1k)));
        using var model = runtime.Load(file.Path);
        var explanation = model.Plan.Explain();
        var scores = model.Run<float>(waveform);

        Assert.Multiple(() =>
        {
            Assert.That(scores[0].Shape, Is.EqualTo(new Shape(1, 20, 8, 16)));
            Assert.That(explanation, Does.Contain("npu").And.Contain("keyword").And.Contain("hub"));
            Assert.That(model.Plan.StepCount("npu") + model.Plan.StepCount("cpu"), Is.GreaterThan(0));
        });
    }

    [Test]
    public void Create_WithoutSetup_HasTheCpu()
    {
        using var runtime = EdgeRuntime.Create();
        Assert.Multiple(() =>
        {
            Assert.That(runtime.Devices.Devices.Select(device => device.Info.Id), Is.EqualTo(new[] { "cpu" }));
            Assert.That(runtime.Clock, Is.SameAs(TimeProvider.System));
            Assert.That(runtime.Profile.Name, Is.EqualTo("hub"));
        });
    }

    [Test]
    public void Create_WithSimulatedDevices_SaysSoAndHasAVirtualClock()
    {
        using var runtime = DeviceSet.Simulated.Create();
        Assert.Multiple(() =>
        {
            Assert.That(runtime.Devices.Devices.Select(device => (device.Info.Id, device.Info.IsSimulated)), Is.EqualTo(new[] { ("cpu", false), ("npu", true), ("dsp", true) }));
            Assert.That(runtime.Clock, Is.TypeOf<VirtualClock>());
        });
    }

    [Test]
    public void Load_OnlyTheCpuAllowed_StaysOnTheCpu()
    {
        using var file = new TemporaryModel(QuantizedModel());
        using var runtime = DeviceSet.Accelerated.Create();
        using var free = runtime.Load(file.Path);
        using var bound = runtime.Load(file.Path, LoadOptions.Default with { Devices = [] });
        Assert.Multiple(() =>
        {
            Assert.That(free.Plan.StepCount("npu"), Is.EqualTo(1));
            Assert.That(bound.Plan.Report.Operators.Select(unit => unit.Device), Is.All.EqualTo("cpu"));
        });
    }

    [Test]
    public void Load_DimensionsGiven_PlansForThem()
    {
        using var file = new TemporaryModel(new TinyOnnx().Input("x", DataType.Float32, "n", 2).Output("y", DataType.Float32, "n", 2).Node("Relu", "x", "y").Build());
        using var runtime = EdgeRuntime.Create();
        using var model = runtime.Load(file.Path, LoadOptions.Default with { Dimensions = LoadOptions.Default.Dimensions.Add("n", 5) });
        Assert.That(model.Plan.Tensors[model.Plan.Inputs[0]].Spec.Shape, Is.EqualTo(new Shape(5, 2)));
    }

    [Test]
    public void Run_ClockOfASimulatedRuntime_MovesByThePlan()
    {
        using var file = new TemporaryModel(QuantizedModel());
        using var runtime = DeviceSet.Accelerated.Create();
        using var model = runtime.Load(file.Path);
        var before = runtime.Clock.GetTimestamp();
        var result = model.Run<float>(new float[256]);
        var expected = result.Trace.Sum(step => double.IsNaN(step.SimulatedSeconds) ? step.PredictedSeconds : step.SimulatedSeconds);
        Assert.That(runtime.Clock.GetElapsedTime(before).TotalSeconds, Is.EqualTo(expected).Within(1e-6));
    }

    private static byte[] QuantizedModel()
    {
        var model = new QdqModel();
        var input = model.Input(DataType.UInt8, 0.05f, 100, 1, 2, 8, 16);
        model.Output(TestUnits.Conv(model, new Random(4), input, 20, [3, 3], pads: [1, 1, 1, 1]));
        return OnnxWriter.ToBytes(model.Model);
    }
}
