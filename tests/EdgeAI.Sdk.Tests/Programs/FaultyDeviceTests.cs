using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Vision;

namespace EdgeAI.Sdk.Tests.Programs;

/// <summary>A whole model on an NPU in which faults strike: every inference ends in the right answer or in a typed error, and the next is right.</summary>
public sealed class FaultyDeviceTests
{
    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "..", "samples", "models", "meter");

    private static readonly NpuFaultKind[] Passing = [.. Enum.GetValues<NpuFaultKind>().Except([NpuFaultKind.DeadHang, NpuFaultKind.Removal])];

    [TestCase(1)]
    [TestCase(2)]
    public void Run_FaultsThatAResetMends_AreReportedAndTheNextAnswerIsRight(int seed)
    {
        const int Faults = 150;
        TestContext.Out.WriteLine($"seed {seed}");
        var script = NpuFault.Script(seed, Faults, 1, CyclesOfOneRun(), Passing).Select((fault, index) => fault with { Run = 2 * index });
        var port = new FaultInjectingNpu(new SimulatedNpu(NpuConfiguration.Micro256), script);
        using var runtime = EdgeRuntime.Create(devices => devices.AddNpu(port));
        using var model = runtime.Load(Path.Combine(Samples, "meter_digit_int8.onnx"));
        var (picture, right) = Example();
        for (var i = 0; i < Faults; i++)
        {
            var struck = port.Struck.Length;
            var error = Try(model, picture, right);
            Assert.That(error is null, Is.EqualTo(port.Struck.Length == struck || IsMasked(port.Struck[^1].Kind)), $"injection {i}: {error}");
            Assert.That(error, Is.Null.Or.InstanceOf<DeviceFaultException>());
            Assert.That(Try(model, picture, right), Is.Null, $"after injection {i}");
        }

        Assert.That(port.Struck, Has.Length.GreaterThan(Faults / 2));
    }

    [TestCase(NpuFaultKind.Removal, "all registers read as ones")]
    [TestCase(NpuFaultKind.DeadHang, "did not come back from a reset")]
    public void Run_DeviceGone_SaysSoEachTimeAndOtherDevicesRunOn(NpuFaultKind kind, string reason)
    {
        using var runtime = EdgeRuntime.Create(devices => devices.AddNpu(new FaultInjectingNpu(new SimulatedNpu(NpuConfiguration.Micro256), [new(kind, 1, 500)])));
        using var model = runtime.Load(Path.Combine(Samples, "meter_digit_int8.onnx"));
        using var onCpu = runtime.Load(Path.Combine(Samples, "meter_digit_int8.onnx"), LoadOptions.Default with { Devices = [] });
        var (picture, right) = Example();
        Assert.That(Try(model, picture, right), Is.Null);
        Assert.That(Try(model, picture, right), Is.InstanceOf<DeviceLostException>().With.Message.Contains(reason));
        Assert.That(Try(model, picture, right), Is.InstanceOf<DeviceLostException>());
        Assert.That(Try(onCpu, picture, right), Is.Null);
    }

    private static bool IsMasked(NpuFaultKind kind) => kind is NpuFaultKind.LostInterrupt or NpuFaultKind.SpuriousInterrupt;

    private static EdgeException? Try(EdgeModel model, float[] picture, float[] right)
    {
        try
        {
            Assert.That(model.Run<float>(picture).AsSpan<float>().ToArray(), Is.EqualTo(right), "silently wrong");
            return null;
        }
        catch (EdgeException error)
        {
            return error;
        }
    }

    private static (float[] Picture, float[] Right) Example()
    {
        var picture = PngDecoder.Read(Directory.GetFiles(Path.Combine(Samples, "samples"), "*.png").Order(StringComparer.Ordinal).First()).ToPlanes();
        using var runtime = EdgeRuntime.Create();
        using var model = runtime.Load(Path.Combine(Samples, "meter_digit_int8.onnx"));
        return (picture, model.Run<float>(picture).AsSpan<float>().ToArray());
    }

    private static long CyclesOfOneRun()
    {
        using var runtime = EdgeRuntime.Create(devices => devices.AddNpu(new SimulatedNpu(NpuConfiguration.Micro256)));
        using var model = runtime.Load(Path.Combine(Samples, "meter_digit_int8.onnx"));
        var npu = model.Plan.Executables.Single(item => item.Executable.Format == NpuImage.Format).Executable;
        return Timing.Predict(NpuImage.FromExecutable(npu), NpuConfiguration.Micro256).TotalCycles;
    }
}
