using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI.Sdk.Tests.Runtime;

/// <summary>
/// Devices that fail at random steps of random plans: each run ends, with the right bytes or with an error that names the step,
/// and in the end nothing is left on any device.
/// </summary>
public sealed class FaultPropertyTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Test]
    public async Task Run_DevicesThatFailAtRandom_NeverHangsNeverLiesNeverLeaks([Range(1, 30)] int seed)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var faulty = new List<FaultyDevice>();
        using (var rig = Rig(random, faulty, seed % 3 == 0 ? new VirtualClock() : null))
        {
            Fail(faulty, random, 0.03);
            var context = rig.Executor.Rent();
            var (good, bad) = (0, 0);
            for (var run = 0; run < 30; run++)
            {
                var error = await Task.Run(() => Attempt(rig, context, run)).WaitAsync(Patience);
                (good, bad) = error is null ? (good + 1, bad) : (good, bad + 1);
            }

            Assert.That(good + bad, Is.EqualTo(30));
            Assert.That(bad > 0, Is.EqualTo(faulty.Sum(device => device.Faults) > 0), "an error of a device is never swallowed");
            Fail(faulty, random, 0);
            rig.RunAndCheck(context, seed, $"seed {seed}, after {bad} errors");
            rig.Executor.Return(context);
        }

        Assert.That(faulty.Select(device => device.LiveObjects), Is.All.Zero, "buffers, executables and runs that are left");
    }

    [Test]
    public async Task Stream_DevicesThatFailAtRandom_DeliversEveryFrameInOrder([Range(1, 20)] int seed)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var faulty = new List<FaultyDevice>();
        using (var rig = Rig(random, faulty, seed % 3 == 0 ? new VirtualClock() : null))
        {
            await using (var stream = new FrameStream(rig.Executor, new StreamOptions { FramesInFlight = random.Next(1, 6), Capacity = random.Next(1, 4) }))
            {
                Fail(faulty, random, 0.01);
                var writer = Task.Run(async () => await StreamTests.WriteAll(rig, stream, 60));
                await ReadAll(rig, stream, seed).WaitAsync(Patience);
                await writer.WaitAsync(Patience);
                Assert.That(stream.Statistics.Failed > 0, Is.EqualTo(faulty.Sum(device => device.Faults) > 0));
            }

            Fail(faulty, random, 0);
            var context = rig.Executor.Rent();
            rig.RunAndCheck(context, seed, $"seed {seed}, after the stream");
            rig.Executor.Return(context);
        }

        Assert.That(faulty.Select(device => device.LiveObjects), Is.All.Zero, "buffers, executables and runs that are left");
    }

    [Test]
    public void Create_AllocationFails_LeavesNothingBehind([Values(1, 2, 3)] int call)
    {
        var faulty = new List<FaultyDevice>();
        using (var rig = new MixRig(OverlapTests.Chain().Build(), wrap: device => Wrap(device, faulty)))
        {
            faulty[(call - 1) % faulty.Count].FailAt(FaultPoint.Allocate, 1, () => new DeviceMemoryException("no room"));
            Assert.That(() => rig.Executor.Rent(), Throws.InstanceOf<DeviceMemoryException>());
            Assert.That(() => new FrameStream(rig.Executor, new StreamOptions { FramesInFlight = 2 }).Dispose(), Throws.Nothing, "the next try has room");
        }

        Assert.That(faulty.Select(device => device.LiveObjects), Is.All.Zero);
    }

    [Test]
    public void Stream_NoRoomForItsFrames_LeavesNothingBehind()
    {
        var faulty = new List<FaultyDevice>();
        using (var rig = new MixRig(OverlapTests.Chain().Build(), wrap: device => Wrap(device, faulty)))
        {
            faulty[1].FailAt(FaultPoint.Allocate, 4, () => new DeviceMemoryException("no room for 4"), forever: true);
            Assert.That(() => new FrameStream(rig.Executor, new StreamOptions { FramesInFlight = 3 }), Throws.InstanceOf<DeviceMemoryException>());
            Assert.That(() => new FrameStream(rig.Executor, new StreamOptions { FramesInFlight = 1 }).Dispose(), Throws.Nothing, "three frames fit");
        }

        Assert.That(faulty.Select(device => device.LiveObjects), Is.All.Zero);
    }

    private static MixRig Rig(Random random, List<FaultyDevice> faulty, TimeProvider? clock)
    {
        var rig = new MixRig(MixPlan.Random(random, 25).Build(), clock, device => Wrap(device, faulty));
        foreach (var device in rig.Devices)
        {
            device.OnRun = (program, _) => Thread.SpinWait(program * 37 % 500);
        }

        return rig;
    }

    private static FaultyDevice Wrap(Device device, List<FaultyDevice> faulty)
    {
        faulty.Add(new FaultyDevice(device));
        return faulty[^1];
    }

    private static void Fail(List<FaultyDevice> devices, Random random, double probability)
    {
        foreach (var device in devices)
        {
            device.FailAtRandom(new Random(random.Next()), probability, () => new DeviceFaultException("at random"));
        }
    }

    private static DeviceFaultException? Attempt(MixRig rig, RunContext context, int run)
    {
        try
        {
            rig.RunAndCheck(context, run, $"run {run}");
            return null;
        }
        catch (DeviceFaultException error)
        {
            CheckPlace(rig.Plan, error);
            return error;
        }
    }

    private static async Task ReadAll(MixRig rig, FrameStream stream, int seed)
    {
        var count = 0;
        await foreach (var frame in stream.ReadAllAsync())
        {
            Assert.That(frame.Number, Is.EqualTo(count++), $"seed {seed}");
            if (frame.Error is { } error)
            {
                CheckPlace(rig.Plan, (DeviceFaultException)error);
            }
            else
            {
                rig.Check(index => frame.Output<byte>(index).ToArray(), rig.Feed((int)frame.Number), $"seed {seed}, frame {frame.Number}");
            }
        }

        Assert.That(count, Is.EqualTo(60), $"seed {seed}");
    }

    private static void CheckPlace(Plan plan, DeviceFaultException error)
    {
        var place = error.Place!;
        var step = (RunStep)plan.Steps[place.Step];
        Assert.That(place.Device, Is.EqualTo(plan.DeviceName(place.Step)));
        Assert.That(place.Nodes, Is.EqualTo(plan.Executables[step.Executable].Nodes));
        Assert.That(error.Message, Is.EqualTo($"Step {place.Step} on {place.Device} ({place.Nodes[0]}): at random"));
    }
}
