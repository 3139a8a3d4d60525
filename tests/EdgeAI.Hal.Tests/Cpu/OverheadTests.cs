using System.Diagnostics;
using EdgeAI.Hal.Cpu.Interop;

namespace EdgeAI.Hal.Tests.Cpu;

public sealed unsafe class OverheadTests : CpuFixture
{
    private const int Batches = 120;
    private const int RunsPerBatch = 2000;

    [Test]
    public void Execute_OverTheNativeCall_CostsLittle()
    {
        using var loaded = Device.Load(Onnx(AddRelu()));
        using var buffer = Buffer(1f, 2f, 3f, 4f);
        using var output = Device.Allocate(16);
        var input = new BufferView(buffer);
        using var run = loaded.Prepare([input, input], [new BufferView(output)]);
        using var binding = new OrtRunBinding(Device.Library, loaded.InputNamePointers(), loaded.OutputNamePointers());
        binding.SetInput(0, Tensor(buffer));
        binding.SetInput(1, Tensor(buffer));
        binding.SetOutput(0, Tensor(output));
        var session = loaded.Session.Item;
        var (native, whole) = (double.MaxValue, double.MaxValue);
        for (var i = 0; i < Batches; i++)
        {
            native = Math.Min(native, NanosecondsPerCall(() => Repeat(() => binding.Run(session))));
            whole = Math.Min(whole, NanosecondsPerCall(() => Repeat(() => run.Execute().Cycles)));
        }

        TestContext.Out.WriteLine($"2-node model: native call {native:F0} ns, Execute {whole:F0} ns, difference {whole - native:F0} ns");
        Assert.That(whole - native, Is.LessThan(500), "100 ns is the goal; the rest is room for busy machines and Debug builds");
    }

    private static void Repeat<T>(Func<T> call)
    {
        for (var i = 0; i < RunsPerBatch; i++)
            call();
    }

    private static double NanosecondsPerCall(Action batch)
    {
        var start = Stopwatch.GetTimestamp();
        batch();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / RunsPerBatch;
    }

    private ValueHandle Tensor(DeviceBuffer buffer) =>
        OrtTensor.Over(Device.Library, (void*)buffer.HostAddress, buffer.ByteCount, DataType.Float32, [4]);
}
