using System.Diagnostics;
using System.Diagnostics.Metrics;
using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI.Sdk.Tests.Runtime;

/// <summary>What tracing and metrics tools see. Names of models and devices are of these tests alone, others run beside them.</summary>
[NonParallelizable]
public sealed class TelemetryTests
{
    [Test]
    public void Run_SomebodyListens_GivesASpanPerRunAndStep()
    {
        var plan = StepGraphTests.Fork().Build() with { Model = "spans" };
        using var rig = new MixRig(plan);
        var spans = new List<Activity>();
        using (Listen(spans))
        {
            rig.RunAndCheck(rig.Executor.Rent(), 1, "observed");
        }

        var run = spans.Single(span => span.OperationName == "EdgeAI.Run" && Equals(span.GetTagItem("edgeai.model"), "spans"));
        var steps = spans.Where(span => span.ParentSpanId == run.SpanId && span.TraceId == run.TraceId).OrderBy(span => span.GetTagItem("edgeai.step")).ToList();
        Assert.That(steps.Select(step => step.GetTagItem("edgeai.device")), Is.EqualTo(Enumerable.Range(0, plan.Steps.Length).Select(plan.DeviceName)));
        Assert.That(steps[1].GetTagItem("edgeai.nodes"), Is.EqualTo("node0"));
        Assert.That(run.Status, Is.EqualTo(ActivityStatusCode.Unset));
        Assert.That(Activity.Current, Is.Null, "nothing is left open on the caller's thread");
    }

    [Test]
    public async Task Stream_FrameThatFails_HasASpanWithTheError()
    {
        using var rig = new MixRig(OverlapTests.Chain().Build() with { Model = "failing spans" });
        rig.Devices[1].OnRun = (_, _) => throw new DeviceFaultException("bus error");
        var spans = new List<Activity>();
        using (Listen(spans))
        {
            await using var stream = new FrameStream(rig.Executor);
            await stream.SubmitAsync<byte>(new byte[64]);
            Assert.That((await stream.ReadAsync())!.Error, Is.Not.Null);
            Assert.That(Activity.Current, Is.Null, "a frame's span belongs to the frame, not to the writer's thread");
        }

        var run = spans.Single(span => Equals(span.GetTagItem("edgeai.model"), "failing spans"));
        Assert.That((run.Status, run.StatusDescription), Is.EqualTo((ActivityStatusCode.Error, "Step 1 on npu (node0): bus error")));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Run_ThatFails_HasSpansWithTheError(bool isFork)
    {
        using var rig = new MixRig((isFork ? StepGraphTests.Fork() : OverlapTests.Chain()).Build() with { Model = $"failing runs {isFork}" });
        rig.Devices[1].OnRun = (_, _) => throw new DeviceFaultException("bus error");
        var spans = new List<Activity>();
        using (Listen(spans))
        {
            Assert.That(() => rig.Executor.Rent().Run(), Throws.InstanceOf<DeviceFaultException>());
        }

        var run = spans.Single(span => Equals(span.GetTagItem("edgeai.model"), $"failing runs {isFork}"));
        var step = spans.Single(span => span.ParentSpanId == run.SpanId && Equals(span.GetTagItem("edgeai.step"), 1));
        Assert.That((run.Status, run.StatusDescription), Is.EqualTo((ActivityStatusCode.Error, "Step 1 on npu (node0): bus error")));
        Assert.That((step.Status, step.StatusDescription), Is.EqualTo((ActivityStatusCode.Error, "Step 1 on npu (node0): bus error")));
    }

    [Test]
    public async Task Stream_FrameThatIsDropped_EndsItsSpan()
    {
        using var rig = new MixRig(OverlapTests.Chain().Build() with { Model = "dropped spans" }, new VirtualClock());
        var spans = new List<Activity>();
        using (Listen(spans))
        {
            await using var stream = new FrameStream(rig.Executor, new StreamOptions { FramesInFlight = 1, Capacity = 1, WhenFull = DropPolicy.DropOldest });
            for (var frame = 0; frame < 3; frame++)
            {
                await stream.SubmitAsync<byte>(new byte[64]);
            }

            var mine = spans.Where(span => Equals(span.GetTagItem("edgeai.model"), "dropped spans")).ToList();
            Assert.That(mine.Select(span => (span.Status, span.StatusDescription)), Is.EqualTo(new[] { (ActivityStatusCode.Error, "The frame was dropped before its first step.") }));
        }

        Assert.That(spans.Count(span => Equals(span.GetTagItem("edgeai.model"), "dropped spans")), Is.EqualTo(3), "the stream's end ends those that are in");
    }

    [Test]
    public async Task Meters_OfRunsAndStreams_MeasureByDevice()
    {
        var found = new List<(string Name, double Value, object? Tag)>();
        using var listener = Measure(found);
        var plan = Renamed(StepGraphTests.Fork().Build(), "meters");
        using var rig = new MixRig(plan, new VirtualClock(), simulatedSeconds: _ => 2e-3);
        rig.RunAndCheck(rig.Executor.Rent(), 1, "measured");
        await using (var stream = new FrameStream(rig.Executor, new StreamOptions { FramesInFlight = 1, Capacity = 1, WhenFull = DropPolicy.DropNewest }))
        {
            Assert.That(await stream.SubmitAsync<byte>(new byte[64]));
            Assert.That(await stream.SubmitAsync<byte>(new byte[64]));
            Assert.That(await stream.SubmitAsync<byte>(new byte[64]), Is.False);
        }

        List<(string Name, double Value, object? Tag)> mine;
        lock (found)
        {
            mine = [.. found.Where(item => item.Tag is "meters" or "npu-meters")];
        }

        Assert.That(mine.Count(item => item is { Name: "edgeai.run.duration", Tag: "meters" }), Is.EqualTo(2), "the run, and the frame in flight that the stream's end ended");
        Assert.That(mine.Count(item => item is { Name: "edgeai.step.duration", Tag: "npu-meters" }), Is.EqualTo(1));
        Assert.That(mine.Single(item => item is { Name: "edgeai.step.ratio", Tag: "npu-meters" }).Value, Is.EqualTo(2.0).Within(1e-9), "2 ms simulated, 1 ms predicted");
        Assert.That(mine.Single(item => item is { Name: "edgeai.step.wait", Tag: "npu-meters" }).Value, Is.Zero.Within(1e-12), "its lane is free when its input comes");
        Assert.That(found.Any(item => item.Name == "edgeai.stream.dropped"));
    }

    [Test]
    public void Statistics_OfSeveralRuns_CompareWithThePrediction()
    {
        using var rig = new MixRig(StepGraphTests.Fork().Build(), new VirtualClock(), simulatedSeconds: program => program == 0 ? 2e-3 : 4e-3);
        for (var run = 0; run < 5; run++)
        {
            var context = rig.Executor.Rent();
            rig.RunAndCheck(context, run, $"run {run}");
            rig.Executor.Return(context);
        }

        rig.Executor.Rent().Dispose();
        var statistics = rig.Executor.Statistics;
        Assert.That((statistics.Runs, statistics.SimulatedRatio), Is.EqualTo((5L, 3.0)));
        Assert.That(statistics.Steps[3].SimulatedRatio, Is.EqualTo(4.0).Within(1e-9));
        Assert.That(statistics.Steps[0].MeanSimulatedSeconds, Is.NaN, "copies are not simulated");
        Assert.That(statistics.Steps.Select(step => step.WorstWallSeconds >= step.MeanWallSeconds && step.MeanWallSeconds > 0), Is.All.True);
        Assert.That(statistics.ToString(), Does.StartWith("mix: 5 runs, simulated / predicted 3.00 ×").And.Contain("node1"));
    }

    private static Plan Renamed(Plan plan, string name) => plan with
    {
        Model = name, Devices = [.. plan.Devices.Select(device => device with { Id = $"{device.Id}-{name}" })],
    };

    private static ActivityListener Listen(List<Activity> spans)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "EdgeAI.Runtime",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                lock (spans)
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static MeterListener Measure(List<(string Name, double Value, object? Tag)> found)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "EdgeAI.Runtime")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(found, instrument.Name, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(found, instrument.Name, value, tags));
        listener.Start();
        return listener;
    }

    private static void Add(List<(string Name, double Value, object? Tag)> found, string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (found)
        {
            found.Add((name, value, tags.IsEmpty ? null : tags[0].Value));
        }
    }
}
