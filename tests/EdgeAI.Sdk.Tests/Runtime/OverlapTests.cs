using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI.Sdk.Tests.Runtime;

/// <summary>Branches on different devices run at the same time, and nothing else changes by that.</summary>
public sealed class OverlapTests
{
    /// <summary>A run that waits for somebody who never comes ends the test instead of holding it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Test]
    public void Run_TwoBranches_AreBothInsideTheirDevicesAtOnce()
    {
        using var rig = new MixRig(StepGraphTests.Fork().Build());
        using var barrier = new Barrier(2);
        var met = 0;
        foreach (var device in rig.Devices.Skip(1))
        {
            device.OnRun = (_, _) => Interlocked.Add(ref met, barrier.SignalAndWait(Patience, CancellationToken.None) ? 1 : 0);
        }

        var context = rig.Executor.Rent();
        for (var run = 1; run <= 20; run++)
        {
            rig.RunAndCheck(context, run, $"run {run}");
            Assert.That(met, Is.EqualTo(2 * run), "each run passes the barrier with both devices inside");
        }
    }

    [Test]
    public void Run_AChain_StaysOnTheCallersThread()
    {
        using var rig = new MixRig(Chain().Build());
        var threads = new HashSet<int>();
        foreach (var device in rig.Devices)
        {
            device.OnRun = (_, _) => threads.Add(Environment.CurrentManagedThreadId);
        }

        rig.RunAndCheck(rig.Executor.Rent(), 1, "chain");
        Assert.That(threads, Is.EquivalentTo(new[] { Environment.CurrentManagedThreadId }));
    }

    [Test]
    public void Run_BranchesThatAreNotWorthAThread_StayOnTheCallersThread()
    {
        var plan = StepGraphTests.Fork().Build();
        using var rig = new MixRig(plan with { Steps = [.. plan.Steps.Select(step => step with { Predicted = new PredictedCost(1e-6, 0, 0) })] });
        var threads = new HashSet<int>();
        rig.Devices[1].OnRun = rig.Devices[2].OnRun = (_, _) => threads.Add(Environment.CurrentManagedThreadId);
        rig.RunAndCheck(rig.Executor.Rent(), 1, "tiny branches");
        Assert.That(threads, Is.EquivalentTo(new[] { Environment.CurrentManagedThreadId }));
    }

    [Test]
    public void Run_RandomPlansThatReuseMemory_GiveTheSameBytes([Range(1, 40)] int seed)
    {
        var random = new Random(seed);
        using var rig = new MixRig(MixPlan.Random(random, 30).Build());
        foreach (var device in rig.Devices)
        {
            device.OnRun = (program, _) => Thread.SpinWait(program * 37 % 1500);
        }

        var context = rig.Executor.Rent();
        for (var run = 0; run < 5; run++)
        {
            rig.RunAndCheck(context, random.Next(), $"seed {seed}, run {run}");
        }

        Assert.That(context.Trace.ToArray().Select(step => step.WallStart), Is.All.GreaterThanOrEqualTo(0));
    }

    [Test]
    public void Run_FromSeveralThreads_GivesEachItsOwnBytes()
    {
        using var rig = new MixRig(MixPlan.Random(new Random(7), 30).Build());
        Assert.That(
            () => Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, thread =>
            {
                var context = rig.Executor.Rent();
                for (var run = 0; run < 20; run++)
                {
                    rig.RunAndCheck(context, (thread * 100) + run, $"thread {thread}, run {run}");
                }

                rig.Executor.Return(context);
            }),
            Throws.Nothing);
    }

    [Test]
    public void Run_InVirtualTime_TakesTheMakespanAndNotTheSum()
    {
        var clock = new VirtualClock();
        var plan = StepGraphTests.Fork().Build();
        using var rig = new MixRig(plan, clock, simulatedSeconds: program => program == 0 ? 5e-3 : 3e-3);
        var context = rig.Executor.Rent();
        rig.RunAndCheck(context, 1, "virtual");

        // Each link: copy 1 ms, device 5 or 3 ms, copy back 1 ms; the two branches share nothing.
        Assert.That(clock.ElapsedSeconds, Is.EqualTo(7e-3).Within(1e-9));
        Assert.That(PlanTimeline.Simulate(plan, context.Trace).MakespanSeconds, Is.EqualTo(7e-3).Within(1e-12));
        Assert.That(context.Trace[3].SimulatedStart, Is.EqualTo(1e-3).Within(1e-12), "the second device starts while the first works");
        rig.RunAndCheck(context, 2, "virtual again");
        Assert.That(clock.ElapsedSeconds, Is.EqualTo(14e-3).Within(1e-9), "every run takes the same time");
    }

    [Test]
    public async Task Dispose_WhileARunIsInFlight_EndsItAndHangsNobody()
    {
        var rig = new MixRig(StepGraphTests.Fork().Build());
        using var isInside = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        rig.Devices[1].OnRun = (_, _) =>
        {
            isInside.Set();
            mayGoOn.Wait(Patience, CancellationToken.None);
        };
        var context = rig.Executor.Rent();
        var run = Task.Run(() => context.Run());
        Assert.That(isInside.Wait(Patience));
        var dispose = Task.Run(rig.Dispose);
        mayGoOn.Set();
        await dispose.WaitAsync(Patience);
        var first = await Task.WhenAny(run, Task.Delay(Patience));
        Assert.That(first, Is.SameAs(run), "the run ends");
        Assert.That(run.Exception?.InnerException, Is.Null.Or.InstanceOf<ObjectDisposedException>(), "well, or with that it was ended");
        Assert.That(() => context.Run(), Throws.InstanceOf<ObjectDisposedException>());
    }

    internal static MixPlan Chain()
    {
        var plan = new MixPlan("cpu", "npu", "dsp");
        var there = plan.Run(1, [plan.Copy(plan.Input(64), 1)], 48);
        var further = plan.Run(2, [plan.Copy(plan.Copy(there, 0), 2)], 32);
        plan.Output(plan.Run(0, [plan.Copy(further, 0)], 16));
        return plan;
    }
}
