using EdgeAI.Hal;
using EdgeAI.Runtime;
using EdgeAI.Runtime.Execution;

namespace EdgeAI.Sdk.Tests.Runtime;

/// <summary>What is left when a stream could not begin, or is over: nothing that hangs, nothing that reaches a buffer of somebody else's.</summary>
public sealed class StreamEndsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Open_WithoutRoomForAllFrames_LeavesContextsThatRun()
    {
        FaultyDevice? faulty = null;
        using var rig = new MixRig(StepGraphTests.Fork().Build(), wrap: device => device.Info.Id == "npu" ? faulty = new FaultyDevice(device) : device);
        faulty!.FailAt(FaultPoint.Allocate, 3, () => new DeviceMemoryException("no room for 3"), forever: true);
        Assert.That(() => new FrameStream(rig.Executor, new StreamOptions { FramesInFlight = 2 }), Throws.InstanceOf<DeviceMemoryException>());
        var context = rig.Executor.Rent();
        await Task.Run(() => rig.RunAndCheck(context, 1, "with a context that the stream gave back")).WaitAsync(Patience);
    }

    [Test]
    public async Task Frame_OfADisposedStream_ReachesNoBuffer()
    {
        using var rig = new MixRig(OverlapTests.Chain().Build());
        var stream = new FrameStream(rig.Executor);
        await stream.SubmitAsync<byte>(new byte[64]);
        var read = (await stream.ReadAsync())!;
        var rented = (await stream.RentAsync())!;
        stream.Dispose();
        Assert.That(() => read.Output<byte>().Length, Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => read.OutputSpec(), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => rented.Input<byte>().Length, Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => stream.Submit(rented), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => stream.Return(rented), Throws.Nothing, "the stream has it already");
    }

    [Test]
    public async Task Stream_OfAPlanWithoutSteps_GivesEachFrameBack([Values] bool isVirtual)
    {
        var plan = new MixPlan("cpu");
        plan.Output(plan.Input(64));
        using var rig = new MixRig(plan.Build(), isVirtual ? new VirtualClock() : null);
        await using var stream = new FrameStream(rig.Executor);
        for (byte i = 0; i < 5; i++)
        {
            await stream.SubmitAsync<byte>(Enumerable.Repeat(i, 64).ToArray());
            Assert.That((await stream.ReadAsync().AsTask().WaitAsync(Patience))!.Output<byte>().ToArray(), Is.All.EqualTo(i));
        }
    }

    [Test]
    public async Task Stream_DeadlineLongerThanAnyTimer_LosesNoFrame()
    {
        using var rig = new MixRig(OverlapTests.Chain().Build());
        await using var stream = new FrameStream(rig.Executor, new StreamOptions { Deadline = TimeSpan.MaxValue });
        await stream.SubmitAsync<byte>(new byte[64]);
        Assert.That((await stream.ReadAsync())!.Error, Is.Null);
        Assert.That(() => new StreamOptions { Deadline = TimeSpan.FromSeconds(-5) }, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("not negative"));
    }

    [Test]
    public void Dispatcher_DisposedBeforeItsFirstFrame_TakesNone()
    {
        var graph = StepGraph.Of(StepGraphTests.Fork().Build());
        var dispatcher = new Dispatcher(graph, "unused");
        dispatcher.Dispose();
        Assert.That(() => dispatcher.Start(new FrameProgress(graph)), Throws.InstanceOf<ObjectDisposedException>());
    }

    /// <summary>Each frame takes 1 ms on links and 4 ms on the NPU; a deadline ends the NPU's step, which has had it until then.</summary>
    [Test]
    public async Task Stream_DeadlineInVirtualTime_KeepsTheDeviceBusyUntilThen()
    {
        var clock = new VirtualClock();
        using var rig = new MixRig(OverlapTests.Chain().Build(), clock, simulatedSeconds: program => program == 0 ? 4e-3 : 1e-3);
        await using var stream = new FrameStream(rig.Executor, new StreamOptions { FramesInFlight = 2, Deadline = TimeSpan.FromMilliseconds(3) });
        await stream.SubmitAsync<byte>(new byte[64]);
        await stream.SubmitAsync<byte>(new byte[64]);
        for (var frame = 0; frame < 2; frame++)
        {
            var read = (await stream.ReadAsync())!;
            Assert.That(read.Error, Is.InstanceOf<DeadlineExceededException>().With.Message.StartsWith("Step 1 on npu"));
            Assert.That(read.Latency.TotalMilliseconds, Is.EqualTo(3).Within(1e-6), $"frame {frame}: from its submission to its deadline");
        }

        Assert.That(clock.ElapsedSeconds, Is.EqualTo(3e-3).Within(1e-9));
    }
}
