using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI.Sdk.Tests.Runtime;

/// <summary>Runs that are ended early, by their caller or by their deadline, between steps and inside one; each context is used again.</summary>
public sealed class DeadlineTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [TestCase(true)]
    [TestCase(false)]
    public void Run_DeadlineInVirtualTime_NamesTheStepReached(bool isFork)
    {
        var plan = (isFork ? StepGraphTests.Fork() : OverlapTests.Chain()).Build();
        using var rig = new MixRig(plan, new VirtualClock());
        var context = rig.Executor.Rent();
        var error = Thrown<DeadlineExceededException>(() => context.Run(TimeSpan.FromMilliseconds(1.5)));
        Assert.That(error.Place, Is.EqualTo(new FaultPlace("npu", 1, ["node0"])).Using<FaultPlace>(SamePlace));
        Assert.That(error.Deadline, Is.EqualTo(TimeSpan.FromMilliseconds(1.5)));
        Assert.That(error.Message, Does.StartWith("Step 1 on npu (node0) was reached when the run's deadline of 1.50 ms was over"));
        rig.RunAndCheck(context, 1, "after the deadline");
    }

    [Test]
    public void Run_AnswerAfterItsDeadline_IsNone()
    {
        using var rig = new MixRig(OverlapTests.Chain().Build(), new VirtualClock());
        var context = rig.Executor.Rent();
        Assert.That(() => context.Run(TimeSpan.FromMilliseconds(6.9)), Throws.TypeOf<DeadlineExceededException>().With.Message.StartsWith("Step 6 on cpu"));
        Assert.That(() => context.Run(TimeSpan.FromMilliseconds(7)), Throws.Nothing, "seven steps of a millisecond each");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Run_DeadlineInRealTime_EndsTheStepThatIsBeingDone(bool isFork)
    {
        using var rig = new MixRig((isFork ? StepGraphTests.Fork() : OverlapTests.Chain()).Build());
        var context = rig.Executor.Rent();
        rig.Devices[1].OnRun = (_, token) => Assert.That(token.WaitHandle.WaitOne(Patience), "the step is ended from outside");
        var error = Thrown<DeadlineExceededException>(() => context.Run(TimeSpan.FromMilliseconds(30)));
        Assert.That(error.Message, Does.StartWith("Step "), "and the message says where");
        Assert.That(error.Place.Device, Is.AnyOf("npu", "cpu→npu", "cpu→dsp", "dsp", "dsp→cpu"), "a busy machine may not get as far as the NPU, and the other branch sees the deadline too");
        rig.Devices[1].OnRun = null;
        rig.RunAndCheck(context, 1, "after the deadline");
        context.Run(TimeSpan.FromMinutes(10));
        Assert.That(context.Trace.Length, Is.EqualTo(rig.Plan.Steps.Length));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Run_CancelledInsideAStep_NamesItAndCanRunAgain(bool isFork)
    {
        using var rig = new MixRig((isFork ? StepGraphTests.Fork() : OverlapTests.Chain()).Build());
        using var source = new CancellationTokenSource();
        var context = rig.Executor.Rent();
        rig.Devices[1].OnRun = (_, token) =>
        {
            source.Cancel();
            token.ThrowIfCancellationRequested();
        };
        var error = Thrown<OperationCanceledException>(() => context.Run(source.Token));
        Assert.That(error.CancellationToken, Is.EqualTo(source.Token));
        Assert.That(error.Message, Does.Contain(" on npu (node0)"));
        rig.Devices[1].OnRun = null;
        rig.RunAndCheck(context, 1, "after the cancellation");
    }

    [Test]
    public void Run_CallersWishAndDeadlineTogether_GivesTheCallersWish()
    {
        using var rig = new MixRig(OverlapTests.Chain().Build());
        using var source = new CancellationTokenSource();
        var context = rig.Executor.Rent();
        rig.Devices[1].OnRun = (_, token) =>
        {
            source.Cancel();
            token.ThrowIfCancellationRequested();
        };
        Assert.That(() => context.Run(TimeSpan.FromMinutes(5), source.Token), Throws.InstanceOf<OperationCanceledException>().With.Property("CancellationToken").EqualTo(source.Token));
        rig.Devices[1].OnRun = null;
        rig.RunAndCheck(context, 1, "after the cancellation");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Run_CancelledBetweenSteps_NamesTheNextOne(bool isFork)
    {
        using var rig = new MixRig((isFork ? StepGraphTests.Fork() : OverlapTests.Chain()).Build(), new VirtualClock());
        using var source = new CancellationTokenSource();
        source.Cancel();
        var error = Thrown<OperationCanceledException>(() => rig.Executor.Rent().Run(source.Token));
        Assert.That((error.CancellationToken, error.Message), Is.EqualTo((source.Token, "The run was cancelled before Step 0 on cpu→npu (copy t0 to npu).")));
    }

    /// <summary>Seven steps of a millisecond each, or two branches of three: the step that is ended has had its device until then.</summary>
    [TestCase(true)]
    [TestCase(false)]
    public void Run_DeadlineInVirtualTime_EndsAtIt(bool isFork)
    {
        var clock = new VirtualClock();
        using var rig = new MixRig((isFork ? StepGraphTests.Fork() : OverlapTests.Chain()).Build(), clock);
        Assert.That(() => rig.Executor.Rent().Run(TimeSpan.FromMilliseconds(1.5)), Throws.TypeOf<DeadlineExceededException>());
        Assert.That(clock.ElapsedSeconds, Is.EqualTo(1.5e-3).Within(1e-9));
    }

    [Test]
    public void Run_DeadlineLongerThanAnyTimer_IsNoObstacle()
    {
        using var rig = new MixRig(OverlapTests.Chain().Build());
        var context = rig.Executor.Rent();
        Assert.That(() => context.Run(TimeSpan.MaxValue), Throws.Nothing);
        Assert.That(() => context.Run(TimeSpan.FromDays(50)), Throws.Nothing);
    }

    [Test]
    public void Trace_OfARunThatFailed_HasNothingOfTheRunBefore([Values] bool isFork)
    {
        using var rig = new MixRig((isFork ? StepGraphTests.Fork() : OverlapTests.Chain()).Build(), new VirtualClock());
        var context = rig.Executor.Rent();
        Assert.That(context.Trace.ToArray().Select(step => step.IsDone), Is.All.False, "before the first run");
        rig.RunAndCheck(context, 1, "a good run");
        Assert.That(context.Trace.ToArray().Select(step => step.IsDone), Is.All.True);
        rig.Devices[1].OnRun = (_, _) => throw new DeviceFaultException("bus error");
        Assert.That(() => context.Run(), Throws.InstanceOf<DeviceFaultException>());
        Assert.That(context.Trace[0].IsDone);
        Assert.That((context.Trace[1].IsDone, context.Trace[1].Cycles), Is.EqualTo((false, 0L)));
    }

    [Test]
    public void Run_NegativeDeadline_IsRefused()
    {
        using var rig = new MixRig(OverlapTests.Chain().Build());
        Assert.That(() => rig.Executor.Rent().Run(TimeSpan.FromSeconds(-5)), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static T Thrown<T>(Action run)
        where T : Exception
    {
        try
        {
            run();
        }
        catch (T error)
        {
            return error;
        }

        throw new AssertionException($"The run ended well; expected {typeof(T).Name}.");
    }

    private static bool SamePlace(FaultPlace left, FaultPlace right) =>
        left.Device == right.Device && left.Step == right.Step && left.Nodes.SequenceEqual(right.Nodes);
}
