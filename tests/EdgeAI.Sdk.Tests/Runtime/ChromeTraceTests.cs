using System.Text.Json;
using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI.Sdk.Tests.Runtime;

/// <summary>The trace that people look at: tracks, times, critical path.</summary>
public sealed class ChromeTraceTests
{
    [Test]
    public void Write_ARun_HasATrackPerLaneInEachTimeAndMarksTheCriticalPath()
    {
        var plan = StepGraphTests.Fork().Build();
        using var rig = new MixRig(plan, new VirtualClock(), simulatedSeconds: program => program == 0 ? 5e-3 : 3e-3);
        var context = rig.Executor.Rent();
        rig.RunAndCheck(context, 1, "traced");
        var events = Write(plan, context.Trace);
        Assert.That(Names(events, "process_name"), Is.EqualTo(new[] { "predicted", "simulated (steps that are not: as predicted)", "wall" }));
        Assert.That(Names(events, "thread_name").Take(5), Is.EqualTo(new[] { "critical path", "cpu↔npu", "npu", "cpu↔dsp", "dsp" }));
        var simulated = Steps(events, 2).Where(step => step.Track > 0).OrderBy(step => step.Step).ToList();
        Assert.That(simulated.Select(step => Math.Round(step.Start)), Is.EqualTo(new[] { 0, 1000, 0, 1000, 6000, 4000 }));
        Assert.That(simulated.Select(step => Math.Round(step.Duration)), Is.EqualTo(new[] { 1000, 5000, 1000, 3000, 1000, 1000 }));
        Assert.That(simulated.Where(step => step.IsCritical).Select(step => step.Step), Is.EqualTo(new[] { 0, 1, 4 }), "the NPU's branch is the longer one");
        Assert.That(Steps(events, 2).Where(step => step.Track == 0).Select(step => step.Step), Is.EquivalentTo(new[] { 0, 1, 4 }));
        Assert.That(Steps(events, 3).Where(step => step.Track > 0).Select(step => step.Step).Order(), Is.EqualTo(Enumerable.Range(0, 6)));
    }

    [Test]
    public void Write_NothingSimulated_HasNoSuchProcess()
    {
        using var rig = new MixRig(OverlapTests.Chain().Build());
        var context = rig.Executor.Rent();
        rig.RunAndCheck(context, 1, "traced");
        var events = Write(rig.Plan, context.Trace);
        Assert.That(Names(events, "process_name"), Is.EqualTo(new[] { "predicted", "wall" }));
        var wall = Steps(events, 3).Where(step => step.Track > 0).OrderBy(step => step.Step).ToList();
        Assert.That(wall.Zip(wall.Skip(1), (earlier, later) => later.Start >= earlier.Start + earlier.Duration - 1e-3), Is.All.True, "a chain does one step after the other");
        Assert.That(wall.Select(step => step.IsCritical), Is.All.True, "and all of a chain is critical");
    }

    [Test]
    public void Write_ARunThatFailed_ShowsWhatWasDone()
    {
        using var rig = new MixRig(OverlapTests.Chain().Build(), new VirtualClock(), simulatedSeconds: _ => 1e-3);
        var context = rig.Executor.Rent();
        rig.Devices[2].OnRun = (_, _) => throw new DeviceFaultException("bus error");
        Assert.That(() => context.Run(), Throws.InstanceOf<DeviceFaultException>());
        var events = Write(rig.Plan, context.Trace);
        Assert.That(Steps(events, 1).Where(step => step.Track > 0).Select(step => step.Step), Is.EquivalentTo(Enumerable.Range(0, 7)), "all were predicted");
        Assert.That(Steps(events, 2).Where(step => step.Track > 0).Select(step => step.Step), Is.EquivalentTo(Enumerable.Range(0, 4)));
        Assert.That(Steps(events, 3).Where(step => step.Track > 0).Select(step => step.Step), Is.EquivalentTo(Enumerable.Range(0, 4)));
    }

    [Test]
    public async Task Write_FramesOfAStream_ShowsThemSideBySide()
    {
        using var rig = new MixRig(OverlapTests.Chain().Build(), new VirtualClock(), simulatedSeconds: program => program == 1 ? 4e-3 : 1e-3);
        await using var stream = new FrameStream(rig.Executor, new StreamOptions { FramesInFlight = 3 });
        var frames = new List<FrameTrace>();
        while (frames.Count < 8)
        {
            while (stream.TryRent(out var free))
            {
                stream.Submit(free);
            }

            frames.Add(stream.TraceOf((await stream.ReadAsync())!));
        }

        using var file = new MemoryStream();
        ChromeTrace.Write(file, stream.Plan, frames);
        List<JsonElement> events = [.. JsonDocument.Parse(file.ToArray()).RootElement.GetProperty("traceEvents").EnumerateArray()];
        Assert.That(Names(events, "process_name"), Is.EqualTo(new[] { "simulated (steps that are not: as predicted)", "wall" }));
        foreach (var process in (int[])[2, 3])
        {
            var lanes = Steps(events, process).GroupBy(step => step.Track).Select(lane => lane.OrderBy(step => step.Start).ToList()).ToList();
            Assert.That(lanes.Sum(lane => lane.Count), Is.EqualTo(8 * rig.Plan.Steps.Length));
            Assert.That(lanes.TrueForAll(lane => lane.Zip(lane.Skip(1)).All(pair => pair.Second.Start >= pair.First.Start + pair.First.Duration - 1e-3)), Is.True, "a lane does one step at a time");
            Assert.That(events.Count(item => item.GetProperty("ph").GetString() == "b" && item.GetProperty("pid").GetInt32() == process), Is.EqualTo(8));
        }

        var starts = events.Where(item => item.GetProperty("ph").GetString() == "b" && item.GetProperty("pid").GetInt32() == 2).ToDictionary(item => item.GetProperty("id").GetInt32(), item => item.GetProperty("ts").GetDouble());
        var ends = events.Where(item => item.GetProperty("ph").GetString() == "e" && item.GetProperty("pid").GetInt32() == 2).ToDictionary(item => item.GetProperty("id").GetInt32(), item => item.GetProperty("ts").GetDouble());
        Assert.That(starts[1], Is.LessThan(ends[0]), "a frame starts before the one before it has ended");
        Assert.That(ends[7] - ends[6], Is.EqualTo(4000).Within(1e-3), "and then one ends each time the busiest lane has done one");
    }

    [Test]
    public async Task TraceOf_AFrameThatIsOver_IsRefused()
    {
        using var rig = new MixRig(OverlapTests.Chain().Build(), new VirtualClock(), simulatedSeconds: _ => 1e-3);
        await using var stream = new FrameStream(rig.Executor, new StreamOptions { FramesInFlight = 2 });
        stream.Submit((await stream.RentAsync())!);
        stream.Submit((await stream.RentAsync())!);
        var first = (await stream.ReadAsync())!;
        Assert.That(stream.TraceOf(first).Number, Is.Zero);
        await stream.ReadAsync();
        Assert.That(() => stream.TraceOf(first), Throws.InvalidOperationException);
    }

    [Test]
    public void Timeline_OfAPlan_KnowsMakespanAndBottleneck()
    {
        var timeline = PlanTimeline.Predict(StepGraphTests.Fork().Build());
        Assert.That(timeline.MakespanSeconds, Is.EqualTo(3e-3).Within(1e-12));
        Assert.That(timeline.BottleneckSeconds, Is.EqualTo(2e-3).Within(1e-12), "each link copies twice");
        Assert.That(timeline.Steps.Select(step => step.Lane), Is.EqualTo(new[] { "cpu↔npu", "npu", "cpu↔dsp", "dsp", "cpu↔npu", "cpu↔dsp" }));
    }

    private static List<JsonElement> Write(Plan plan, ReadOnlySpan<StepTrace> trace)
    {
        using var stream = new MemoryStream();
        ChromeTrace.Write(stream, plan, trace);
        return [.. JsonDocument.Parse(stream.ToArray()).RootElement.GetProperty("traceEvents").EnumerateArray()];
    }

    private static IEnumerable<string> Names(List<JsonElement> events, string what) =>
        events.Where(item => item.GetProperty("name").GetString() == what).Select(item => item.GetProperty("args").GetProperty("name").GetString()!);

    private static List<TracedStep> Steps(List<JsonElement> events, int process) =>
        [.. events.Where(item => item.GetProperty("ph").GetString() == "X" && item.GetProperty("pid").GetInt32() == process).Select(item => new TracedStep(
            item.GetProperty("tid").GetInt32(), item.GetProperty("args").GetProperty("step").GetInt32(),
            item.GetProperty("ts").GetDouble(), item.GetProperty("dur").GetDouble(), item.GetProperty("cat").GetString() == "critical"))];

    private readonly record struct TracedStep(int Track, int Step, double Start, double Duration, bool IsCritical);
}
