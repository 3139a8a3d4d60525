using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI.Sdk.Tests.Runtime;

public sealed class ExecutorTests
{
    [Test]
    public void Run_NullDevices_CopiesAndTracesEachStep()
    {
        using var devices = TestPlans.Devices(new NullDevice("cpu"), new NullDevice("npu"));
        using var executor = new Executor(TestPlans.ThereAndBack(), devices);
        var context = executor.Rent();
        context.Input(0).Buffer!.Write(0, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
        context.Run();
        var output = new byte[16];
        context.Output(0).Buffer!.Read(context.Output(0).Offset, output);
        Assert.That(output, Is.All.Zero, "the null device writes nothing");
        Assert.That(context.Trace.Length, Is.EqualTo(3));
        Assert.That(context.Trace[1].PredictedSeconds, Is.EqualTo(1e-3));
        Assert.That(context.Trace[1].SimulatedSeconds, Is.Zero);
        Assert.That(context.Trace[0].SimulatedSeconds, Is.NaN, "copies are not simulated");
        executor.Return(context);
        Assert.That(executor.Rent(), Is.SameAs(context), "contexts are pooled");
    }

    [Test]
    public void Run_VirtualClock_MovesBySimulatedElsePredictedTime()
    {
        var clock = new VirtualClock();
        using var devices = TestPlans.Devices(new NullDevice("cpu"), new NullDevice("npu"));
        using var executor = new Executor(TestPlans.ThereAndBack(), devices, clock);
        executor.Rent().Run();
        Assert.That(clock.ElapsedSeconds, Is.EqualTo(2e-3).Within(1e-9), "two copies as predicted, one run of 0 s");
    }

    [Test]
    public void Run_SteadyState_AllocatesNothing()
    {
        using var devices = TestPlans.Devices(new NullDevice("cpu"), new NullDevice("npu"));
        using var executor = new Executor(TestPlans.ThereAndBack(), devices);
        var context = executor.Rent();
        var bytes = Allocations.Least(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                context.Run();
            }
        });
        Assert.That(bytes, Is.Zero, "managed bytes in 100 runs");
    }

    [Test]
    public void Run_DeviceFault_NamesStepDeviceAndNode()
    {
        var faulty = new FaultyDevice(new NullDevice("npu")).FailAt(FaultPoint.Wait, 1, () => new DeviceFaultException("parse error at command 7"));
        using var devices = TestPlans.Devices(new NullDevice("cpu"), faulty);
        using var executor = new Executor(TestPlans.ThereAndBack(), devices);
        var context = executor.Rent();
        Assert.That(() => context.Run(), Throws.InstanceOf<DeviceFaultException>().With.Message.EqualTo("Step 1 on npu (conv): parse error at command 7"));
        Assert.That(() => context.Run(), Throws.Nothing, "the next run is a new one");
    }

    [Test]
    public void Run_DeviceLost_KeepsItsType()
    {
        var faulty = new FaultyDevice(new NullDevice("npu")).FailAt(FaultPoint.Submit, 1, () => new DeviceLostException("no answer"), forever: true);
        using var devices = TestPlans.Devices(new NullDevice("cpu"), faulty);
        using var executor = new Executor(TestPlans.ThereAndBack(), devices);
        Assert.That(() => executor.Rent().Run(), Throws.InstanceOf<DeviceLostException>().With.Message.Contains("Step 1 on npu"));
    }

    [Test]
    public void Run_Cancelled_ThrowsAndCanRunAgain()
    {
        using var devices = TestPlans.Devices(new NullDevice("cpu"), new NullDevice("npu"));
        using var executor = new Executor(TestPlans.ThereAndBack(), devices);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var context = executor.Rent();
        Assert.That(() => context.Run(cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => context.Run(), Throws.Nothing);
    }

    [Test]
    public void Create_DeviceMissing_SaysWhyAndWhatWasTried()
    {
        using var devices = new DeviceCatalog([DeviceFinding.Found(new NullDevice("cpu")), DeviceFinding.Missing("npu", DeviceKind.Npu, "no driver", "/dev/npu0")]);
        Assert.That(() => new Executor(TestPlans.ThereAndBack(), devices), Throws.InstanceOf<DeviceUnavailableException>().With.Message.Contains("no driver").And.Message.Contains("/dev/npu0"));
    }

    [Test]
    public void Create_LoadFails_ReleasesWhatWasLoaded()
    {
        var faulty = new FaultyDevice(new NullDevice("npu")).FailAt(FaultPoint.Load, 1, () => new DeviceMemoryException("no room"));
        using var devices = TestPlans.Devices(new NullDevice("cpu"), faulty);
        Assert.That(() => new Executor(TestPlans.ThereAndBack(), devices), Throws.InstanceOf<DeviceMemoryException>());
    }
}
