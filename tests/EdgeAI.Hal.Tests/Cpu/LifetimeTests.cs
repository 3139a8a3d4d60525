using System.Diagnostics;
using EdgeAI.Hal.Cpu;
using EdgeAI.Testing;

namespace EdgeAI.Hal.Tests.Cpu;

public sealed class LifetimeTests : CpuFixture
{
    [Test]
    public void Dispose_DeviceFirst_EndsEverythingWithTypedErrors()
    {
        var buffer = Buffer(1f, 2f, 3f, 4f);
        var loaded = Device.Load(Onnx(AddRelu()));
        var run = loaded.Prepare([new BufferView(buffer), new BufferView(buffer)], [default]);
        Device.Dispose();
        Assert.Multiple(() =>
        {
            Assert.That(() => Device.Allocate(1), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => Device.Load(Onnx(AddRelu())), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => loaded.Prepare([], []), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(run.Submit, Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => run.Output(0), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => buffer.Write(0, [1]), Throws.TypeOf<ObjectDisposedException>());
        });
        run.Dispose();
        loaded.Dispose();
        Device.Dispose();
    }

    [Test]
    public void Dispose_ExecutableBeforeItsRuns_EndsThem()
    {
        var loaded = Device.Load(Onnx(AddRelu()));
        var run = loaded.Prepare([View(1f, 2f, 3f, 4f), View(1f, 2f, 3f, 4f)], [default]);
        run.Submit();
        loaded.Dispose();
        Assert.That(() => run.Wait(), Throws.TypeOf<ObjectDisposedException>());
        run.Dispose();
    }

    [Test]
    public void Execute_BufferDisposedAfterPrepare_IsRefused()
    {
        using var loaded = Device.Load(Onnx(AddRelu()));
        var buffer = Buffer(1f, 2f, 3f, 4f);
        using var run = loaded.Prepare([new BufferView(buffer), new BufferView(buffer)], [default]);
        buffer.Dispose();
        Assert.That(() => run.Execute(), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Dispose_DeviceDuringARun_EndsTheRunFirst()
    {
        using var loaded = Device.Load(Onnx(LongChain(2000, 256)));
        using var run = loaded.Prepare([new BufferView(Device.Allocate(256 * 256 * 4))], [default]);
        var running = Task.Run(() => run.Execute());
        Thread.Sleep(30);
        Device.Dispose();
        Assert.That(async () => await running, Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Execute_CancelledMidway_ThrowsAndCanRunAgain([Values] bool background)
    {
        using var device = new CpuDevice(new CpuOptions { Threads = 1, Background = background });
        using var loaded = device.Load(Onnx(LongChain(3000, 200)));
        using var x = device.Allocate(200 * 200 * 4);
        using var run = loaded.Prepare([new BufferView(x)], [default]);
        using var soon = new CancellationTokenSource();
        var watch = Stopwatch.StartNew();
        var canceller = CancelAfter(20, soon);
        Assert.That(() => run.Execute(soon.Token), Throws.InstanceOf<OperationCanceledException>());
        var cancelled = watch.Elapsed;
        watch.Restart();
        run.Execute();
        Assert.That(cancelled, Is.LessThan(watch.Elapsed), "cancelled after 20 ms, and a whole run takes longer");
        canceller.Join();
    }

    [Test]
    public void Execute_CancelledBefore_DoesNotRun()
    {
        using var loaded = Device.Load(Onnx(AddRelu()));
        using var run = loaded.Prepare([View(1f, 2f, 3f, 4f), View(1f, 2f, 3f, 4f)], [default]);
        Assert.That(() => run.Execute(new CancellationToken(true)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Values<float>(run.Output(0)), Is.All.Zero);
        using var never = new CancellationTokenSource();
        run.Execute(never.Token);
        Assert.That(Values<float>(run.Output(0)), Is.EqualTo(new[] { 2f, 4f, 6f, 8f }));
    }

    [Test]
    public void LoadRunUnload_ManyTimes_KeepsMemoryFlat()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("Resident memory is read from /proc.");
        var weights = new byte[1 << 20];
        var model = new TinyOnnx().Input("w", DataType.Float32, 1 << 18).Input("x", DataType.Float32, "n").Output("y", DataType.Float32, "n")
            .Node("ReduceSum", "w", "s", attributes: ("keepdims", 0)).Node("Add", "x s", "y").Build();
        for (var i = 0; i < 20; i++)
            Once(model, weights);
        var before = ResidentBytes();
        for (var i = 0; i < 60; i++)
            Once(model, weights);
        Assert.That(ResidentBytes() - before, Is.LessThan(8L << 20), "60 loads of a model with 1 MiB of weights");
    }

    [Test]
    public void Prepare_ManyForgottenRuns_AreCollected()
    {
        using var loaded = Device.Load(Onnx(AddRelu()));
        var input = View(1f, 2f, 3f, 4f);
        for (var i = 0; i < 2000; i++)
            _ = loaded.Prepare([input, input], [default]);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var run = loaded.Prepare([input, input], [default]);
        run.Execute();
        Assert.That(Values<float>(run.Output(0)), Is.EqualTo(new[] { 2f, 4f, 6f, 8f }));
    }

    private void Once(byte[] model, byte[] weights)
    {
        using var loaded = Device.Load(Onnx(model, new ConstantBlob("w", weights)));
        using var x = Device.Allocate(16);
        using var run = loaded.Prepare([new BufferView(x)], [default]);
        run.Execute();
        run.Execute();
    }

    private static long ResidentBytes()
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }

    /// <summary>By a thread of its own: a timer may wait half a second for one of the pool's, as long as the whole run takes.</summary>
    private static Thread CancelAfter(int milliseconds, CancellationTokenSource source)
    {
        var canceller = new Thread(() =>
        {
            Thread.Sleep(milliseconds);
            source.Cancel();
        });
        canceller.Start();
        return canceller;
    }
}
