using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI.Sdk.Tests.Api;

/// <summary>Streams, deadlines and statistics of loaded models.</summary>
[NonParallelizable]
public sealed class StreamApiTests : ApiFixture
{
    private static readonly string Keyword = Path.Combine(AppContext.BaseDirectory, "models", "kws_dscnn_int8.onnx");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static IEnumerable<DeviceSet> Sets => DeviceSet.All;

    [TestCaseSource(nameof(Sets))]
    public async Task Stream_KeywordModel_GivesWhatRunGives(DeviceSet set)
    {
        using var runtime = set.Create();
        using var model = runtime.Load(Keyword);
        await using var stream = model.OpenStream();
        var writer = Task.Run(async () => await WriteAll(stream, 12));
        await foreach (var frame in stream.ReadAllAsync())
        {
            Assert.That(frame.Output<float>().ToArray(), Is.EqualTo(model.Run<float>(Waveform((int)frame.Number)).AsSpan<float>().ToArray()), $"frame {frame.Number}");
        }

        await writer.WaitAsync(Patience);
        Assert.That(stream.Statistics, Is.EqualTo(new StreamStatistics(12, 0, 0, 12)));
    }

    [Test]
    public async Task Stream_OnTheSimulatedHub_KeepsTheBusiestDeviceBusy()
    {
        using var runtime = DeviceSet.Accelerated.Create();
        using var model = runtime.Load(Keyword);
        await using var stream = model.OpenStream();
        var clock = (VirtualClock)runtime.Clock;
        var ends = new List<double>();
        PlanTimeline? timeline = null;
        while (ends.Count < 30)
        {
            while (stream.TryRent(out var free))
            {
                Waveform(ends.Count).CopyTo(free.Input<float>());
                stream.Submit(free);
            }

            timeline = PlanTimeline.Simulate(model.Plan, (await stream.ReadAsync())!.Trace);
            ends.Add(clock.ElapsedSeconds);
        }

        var interval = (ends[^1] - ends[9]) / (ends.Count - 10);
        Assert.That(timeline!.BottleneckSeconds / interval, Is.InRange(0.95, 1 + 1e-6), "frames per second over what the busiest lane allows");
        Assert.That(interval, Is.LessThan(timeline.MakespanSeconds), "frames overlap");
    }

    [Test]
    public async Task Stream_OfADisposedModel_GoesOn()
    {
        var model = Load(AddRelu());
        await using var stream = model.OpenStream();
        model.Dispose();
        var frame = (await stream.RentAsync())!;
        frame.Input<float>(0).Fill(2);
        frame.Input<float>(1).Fill(1);
        frame.Tag = "mine";
        stream.Submit(frame);
        var result = (await stream.ReadAsync())!;
        Assert.That(result.Output<float>().ToArray(), Is.All.EqualTo(3f));
        Assert.That((result.Tag, result.OutputSpec().Shape), Is.EqualTo(((object)"mine", new Shape(2, 3))));
    }

    [Test]
    public async Task Stream_OnTheCpu_AllocatesNothing()
    {
        using var model = Load(AddRelu());
        await using var stream = model.OpenStream();
        await Task.Run(() => Pass(stream, 2000));
        var least = long.MaxValue;
        for (var reading = 0; reading < 3; reading++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await Task.Run(() => Pass(stream, 2000));
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.That(least, Is.LessThan(2000 * 6), "bytes of all threads for 2000 frames: less than a quarter of an object for each");
    }

    [Test]
    public void Run_DeadlineInsideACpuStep_EndsItAndTheModelRunsAgain()
    {
        using var model = Load(LongChain(2000, 256));
        using var session = model.CreateSession();
        var input = session.Input<float>();
        for (var i = 0; i < input.Length; i++)
        {
            input[i] = i % 257 == 0 ? 1 : 0;
        }

        var error = Caught<DeadlineExceededException>(() => session.Run(TimeSpan.FromMilliseconds(5)));
        Assert.That(error.Place.Device, Is.EqualTo("cpu"));
        Assert.That(error.Message, Does.StartWith("Step 0 on cpu (").And.Contain("deadline of 5.00 ms"));
        session.Run(TimeSpan.FromMinutes(20));
        Assert.That(session.Output<float>()[0], Is.EqualTo(1f), "the identity to any power");
        var feed = EdgeTensor.Of<float>(session.Input<float>(), 256, 256);
        Assert.That(() => model.Run([feed], TimeSpan.Zero), Throws.TypeOf<DeadlineExceededException>());
        Assert.That(model.Run([feed]).AsSpan<float>().SequenceEqual(session.Output<float>()));
    }

    [Test]
    public void Run_DeadlineInVirtualTime_IsTheBoards()
    {
        using var runtime = DeviceSet.Simulated.Create();
        using var model = runtime.Load(Keyword);
        var feed = EdgeTensor.Of<float>(Waveform(1), 1, 16000);
        var expected = model.Run([feed]).AsSpan<float>().ToArray();
        var error = Caught<DeadlineExceededException>(() => model.Run([feed], TimeSpan.FromSeconds(model.Plan.PredictedSeconds / 10)));
        Assert.That(error.Place.Step, Is.LessThan(model.Plan.Steps.Length - 1));
        Assert.That(model.Run([feed], TimeSpan.FromSeconds(2 * model.Plan.PredictedSeconds)).AsSpan<float>().ToArray(), Is.EqualTo(expected));
    }

    [Test]
    public void Statistics_OfAModel_CountItsRuns()
    {
        using var runtime = DeviceSet.Simulated.Create();
        using var model = runtime.Load(Keyword);
        for (var i = 0; i < 3; i++)
        {
            model.Run<float>(Waveform(i));
        }

        var statistics = model.GetStatistics();
        Assert.That(statistics.Runs, Is.EqualTo(3));
        Assert.That(statistics.SimulatedRatio, Is.InRange(0.5, 1.05), "simulated time is the predicted one without launches");
        Assert.That(statistics.Steps.Where(step => step.Device == "npu").Select(step => step.SimulatedRatio), Is.All.Positive);
    }

    [Test]
    public void OpenStream_TextInput_IsRefusedWithTheWayOut()
    {
        using var model = Runtime.Load(SharedData.Path("models", "sensor", "mlnet_breastcancer_lr.onnx"));
        Assert.That(() => model.OpenStream(), Throws.InstanceOf<TensorMismatchException>().With.Message.Contains("use Run"));
    }

    private static float[] Waveform(int seed) => [.. Enumerable.Range(0, 16000).Select(i => MathF.Sin(i * (0.05f + (seed * 0.01f))) * 0.3f)];

    private static async Task WriteAll(FrameStream stream, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await stream.SubmitAsync<float>(Waveform(i));
        }

        stream.Complete();
    }

    private static async Task Pass(FrameStream stream, int frames)
    {
        var (sent, read) = (0, 0);
        while (read < frames)
        {
            while (sent < frames && stream.TryRent(out var free))
            {
                stream.Submit(free);
                sent++;
            }

            read += await stream.ReadAsync() is { Error: null } ? 1 : 0;
        }
    }

    private static T Caught<T>(Action run)
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
}
