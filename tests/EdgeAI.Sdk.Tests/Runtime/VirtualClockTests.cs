using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Runtime;

/// <summary>The clock that stands still until it is moved.</summary>
public sealed class VirtualClockTests
{
    [Test]
    public void AdvanceTo_ATime_ShowsItAndNeverGoesBack()
    {
        var clock = new VirtualClock();
        clock.AdvanceTo(2.5);
        Assert.That(clock.ElapsedSeconds, Is.EqualTo(2.5));
        clock.AdvanceTo(1);
        Assert.That(clock.ElapsedSeconds, Is.EqualTo(2.5), "it is past that");
        clock.Advance(0.5);
        Assert.That(clock.ElapsedSeconds, Is.EqualTo(3));
    }

    [TestCase(-1)]
    [TestCase(double.NaN)]
    [TestCase(1e10)]
    public void AdvanceTo_NoTime_IsRefused(double seconds) =>
        Assert.That(() => new VirtualClock().AdvanceTo(seconds), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void Timers_OfAClockThatStandsStill_AreRefusedAndNotInWallTime()
    {
        Assert.That(() => Task.Delay(TimeSpan.FromMilliseconds(1), new VirtualClock()), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("virtual clock"));
        Assert.That(() => new CancellationTokenSource(TimeSpan.FromMilliseconds(1), new VirtualClock()), Throws.InstanceOf<NotSupportedException>());
    }

    [Test]
    public void AdvanceTo_FromSeveralThreads_EndsAtTheLatest()
    {
        var clock = new VirtualClock();
        Parallel.For(0, 1000, i => clock.AdvanceTo(i));
        Assert.That(clock.ElapsedSeconds, Is.EqualTo(999));
    }
}
