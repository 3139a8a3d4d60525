using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI.Sdk.Tests.Runtime;

/// <summary>Frames through a stream: order, overlap, full queues, errors, ends.</summary>
public sealed class StreamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [TestCase(false)]
    [TestCase(true)]
    public async Task Stream_ManyFrames_ComeInOrderWithTheirBytes(bool isVirtual)
    {
        using var rig = new MixRig(MixPlan.Random(new Random(3), 25).Build(), isVirtual ? new VirtualClock() : null);
        await using var stream = new FrameStream(rig.Executor);
        var writer = Task.Run(async () => await WriteAll(rig, stream, 200));
        var count = 0;
        await foreach (var frame in stream.ReadAllAsync())
        {
            Assert.That(frame.Number, Is.EqualTo(count));
            Assert.That(frame.Error, Is.Null);
            rig.Check(index => frame.Output<byte>(index).ToArray(), rig.Feed(count), $"frame {count}");
            Assert.That(frame.Latency, Is.GreaterThan(TimeSpan.Zero));
            count++;
        }

        await writer.WaitAsync(Patience);
        Assert.That(stream.Statistics, Is.EqualTo(new StreamStatistics(200, 0, 0, 200)));
    }

    [Test]
    public async Task Stream_TwoDevicesInARow_WorkOnDifferentFramesAtOnce()
    {
        using var rig = new MixRig(OverlapTests.Chain().Build());
        var inside = new Rendezvous(20);
        rig.Devices[1].OnRun = (_, _) => inside.EnterFirst();
        rig.Devices[2].OnRun = (_, _) => inside.EnterSecond();
        await using var stream = new FrameStream(rig.Executor, new StreamOptions { FramesInFlight = 3, Capacity = 1 });
        var writer = Task.Run(async () => await WriteAll(rig, stream, 20));
        var count = 0;
        await foreach (var frame in stream.ReadAllAsync())
        {
            rig.Check(index => frame.Output<byte>(index).ToArray(), rig.Feed(count), $"frame {count}");
            count++;
        }

        await writer.WaitAsync(Patience);
        Assert.That((count, inside.HaveMet), Is.EqualTo((20, true)));
    }

    [Test]
    public async Task Stream_InVirtualTime_IsAsFastAsItsBusiestLane()
    {
        var clock = new VirtualClock();
        using var rig = new MixRig(OverlapTests.Chain().Build(), clock, simulatedSeconds: program => program == 1 ? 4e-3 : 1e-3);
        await using var stream = new FrameStream(rig.Executor, new StreamOptions { FramesInFlight = 6 });
        var ends = new List<double>();
        var sent = 0;
        while (ends.Count < 40)
        {
            while (sent < 60 && stream.TryRent(out var free))
            {
                stream.Submit(free);
                sent++;
            }

            Assert.That(await stream.ReadAsync(), Is.Not.Null);
            ends.Add(clock.ElapsedSeconds);
        }

        var gaps = ends.Zip(ends.Skip(1), (earlier, later) => later - earlier).Skip(5).ToList();
        Assert.That(gaps, Is.All.EqualTo(4e-3).Within(1e-9), "one frame per run of the slowest program");
        Assert.That(ends[0], Is.EqualTo(10e-3).Within(1e-9), "the first one takes its whole way");
    }

    [Test]
    public async Task Stream_Full_WaitsForRoom()
    {
        using var rig = new MixRig(OverlapTests.Chain().Build());
        await using var stream = new FrameStream(rig.Executor, new StreamOptions { FramesInFlight = 1, Capacity = 1 });
        await SubmitOne(stream);
        await SubmitOne(stream);
        Assert.That(stream.TryRent(out _), Is.False);
        var waiting = stream.RentAsync();
        Assert.That(waiting.IsCompleted, Is.False);
        Assert.That(async () => await stream.RentAsync(), Throws.InvalidOperationException.With.Message.Contains("one writer"));
        Assert.That((await stream.ReadAsync())!.Number, Is.Zero);
        var second = await stream.ReadAsync();
        Assert.That(second!.Number, Is.EqualTo(1), "reading the next gives the last one's room to the writer");
        Assert.That(await waiting, Is.Not.Null);
        Assert.That(stream.Statistics.Dropped, Is.Zero);
    }

    [Test]
    public async Task Stream_FullDroppingTheOldest_KeepsTheNewestThatWait()
    {
        using var gate = new ManualResetEventSlim();
        using var rig = new MixRig(OverlapTests.Chain().Build());
        rig.Devices[1].OnRun = (_, _) => gate.Wait(Patience, CancellationToken.None);
        await using var stream = new FrameStream(rig.Executor, new StreamOptions { FramesInFlight = 1, Capacity = 2, WhenFull = DropPolicy.DropOldest });
        for (var i = 0; i < 6; i++)
        {
            Assert.That(await SubmitOne(stream));
        }

        gate.Set();
        stream.Complete();
        var numbers = new List<long>();
        await foreach (var frame in stream.ReadAllAsync())
        {
            numbers.Add(frame.Number);
        }

        Assert.That(numbers, Is.EqualTo(new[] { 0, 4, 5 }));
        Assert.That(stream.Statistics, Is.EqualTo(new StreamStatistics(6, 3, 0, 3)));
    }

    [Test]
    public async Task Stream_FullDroppingTheNewest_RefusesIt()
    {
        using var gate = new ManualResetEventSlim();
        using var rig = new MixRig(OverlapTests.Chain().Build());
        rig.Devices[1].OnRun = (_, _) => gate.Wait(Patience, CancellationToken.None);
        await using var stream = new FrameStream(rig.Executor, new StreamOptions { FramesInFlight = 1, Capacity = 2, WhenFull = DropPolicy.DropNewest });
        var accepted = new List<bool>();
        for (var i = 0; i < 5; i++)
        {
            accepted.Add(await SubmitOne(stream));
        }

        gate.Set();
        Assert.That(accepted, Is.EqualTo(new[] { true, true, true, false, false }));
        Assert.That(stream.Statistics.Dropped, Is.EqualTo(2));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Stream_FrameThatFails_IsDeliveredInItsPlaceAndTheOthersAreRight(bool isVirtual)
    {
        var runs = 0;
        using var rig = new MixRig(OverlapTests.Chain().Build(), isVirtual ? new VirtualClock() : null);
        rig.Devices[2].OnRun = (_, _) =>
        {
            if (++runs == 3)
            {
                throw new DeviceFaultException("bus error");
            }
        };
        await using var stream = new FrameStream(rig.Executor);
        var writer = Task.Run(async () => await WriteAll(rig, stream, 8));
        await foreach (var frame in stream.ReadAllAsync())
        {
            if (frame.Number == 2)
            {
                Assert.That(frame.Error, Is.InstanceOf<DeviceFaultException>().With.Message.EqualTo("Step 4 on dsp (node1): bus error"));
                Assert.That(((DeviceFaultException)frame.Error!).Place!.Nodes, Is.EqualTo(new[] { "node1" }));
                Assert.That(() => frame.Output<byte>().Length, Throws.InvalidOperationException.With.Message.Contains("bus error"));
            }
            else
            {
                rig.Check(index => frame.Output<byte>(index).ToArray(), rig.Feed((int)frame.Number), $"frame {frame.Number}");
            }
        }

        await writer.WaitAsync(Patience);
        Assert.That(stream.Statistics, Is.EqualTo(new StreamStatistics(8, 0, 1, 8)));
    }

    [Test]
    public async Task Stream_DeadlineInVirtualTime_CountsTheTimeInTheQueue()
    {
        using var rig = new MixRig(OverlapTests.Chain().Build(), new VirtualClock());
        await using var stream = new FrameStream(rig.Executor, new StreamOptions { FramesInFlight = 1, Capacity = 2, Deadline = TimeSpan.FromMilliseconds(10) });
        await SubmitOne(stream);
        await SubmitOne(stream);
        Assert.That((await stream.ReadAsync())!.Error, Is.Null, "7 ms");
        Assert.That((await stream.ReadAsync())!.Error, Is.InstanceOf<DeadlineExceededException>(), "7 ms in the queue before 7 ms of work");
    }

    [Test]
    public async Task Dispose_WithFramesInFlight_CancelsThemAndTheExecutorCanBeUsed()
    {
        using var rig = new MixRig(OverlapTests.Chain().Build());
        using var isInside = new ManualResetEventSlim();
        rig.Devices[1].OnRun = (_, token) =>
        {
            isInside.Set();
            Assert.That(token.WaitHandle.WaitOne(Patience), "the stream's end ends the step");
        };
        var stream = new FrameStream(rig.Executor, new StreamOptions { FramesInFlight = 2, Capacity = 2 });
        await SubmitOne(stream);
        await SubmitOne(stream);
        await SubmitOne(stream);
        var reading = stream.ReadAsync().AsTask();
        Assert.That(isInside.Wait(Patience));
        await stream.DisposeAsync().AsTask().WaitAsync(Patience);
        Assert.That(async () => await reading.WaitAsync(Patience), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => stream.TryRent(out _), Throws.InstanceOf<ObjectDisposedException>());
        rig.Devices[1].OnRun = null;
        rig.RunAndCheck(rig.Executor.Rent(), 1, "after the stream");
    }

    [Test]
    public async Task Read_Cancelled_ThrowsAndTheNextReadGetsTheFrame()
    {
        using var rig = new MixRig(OverlapTests.Chain().Build());
        await using var stream = new FrameStream(rig.Executor);
        using var source = new CancellationTokenSource();
        var reading = stream.ReadAsync(source.Token);
        await source.CancelAsync();
        Assert.That(async () => await reading, Throws.InstanceOf<OperationCanceledException>());
        await SubmitOne(stream);
        Assert.That((await stream.ReadAsync())!.Number, Is.Zero);
        stream.Complete();
        Assert.That(await stream.ReadAsync(), Is.Null, "the end");
        Assert.That(() => stream.TryRent(out _), Throws.InvalidOperationException.With.Message.Contains("complete"));
    }

    [Test]
    public async Task Frame_UsedOutOfTurn_SaysWhatItIs()
    {
        using var rig = new MixRig(OverlapTests.Chain().Build());
        await using var stream = new FrameStream(rig.Executor);
        var frame = (await stream.RentAsync())!;
        Assert.That(() => frame.Output<byte>().Length, Throws.InvalidOperationException.With.Message.EqualTo("Frame 0 is Rented; expected Read."));
        Assert.That(() => frame.Input<float>().Length, Throws.InstanceOf<TensorMismatchException>());
        stream.Return(frame);
        Assert.That(() => stream.Submit(frame), Throws.InvalidOperationException);
        Assert.That(async () => await stream.SubmitAsync<byte>(new byte[3]), Throws.InstanceOf<TensorMismatchException>().With.Message.Contains("found 3"));
        Assert.That(await stream.SubmitAsync<byte>(new byte[64]), "and the frame that did not fit has not been lost");
    }

    [Test]
    public void Options_ThatMakeNoSense_AreRefused()
    {
        Assert.That(() => new StreamOptions { Capacity = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("at least 1"));
        Assert.That(() => new StreamOptions { FramesInFlight = -1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    internal static async Task WriteAll(MixRig rig, FrameStream stream, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var frame = (await stream.RentAsync())!;
            var inputs = rig.Feed(i);
            for (var input = 0; input < inputs.Length; input++)
            {
                inputs[input].CopyTo(frame.Input<byte>(input));
            }

            stream.Submit(frame);
        }

        stream.Complete();
    }

    private static async ValueTask<bool> SubmitOne(FrameStream stream) => await stream.SubmitAsync<byte>(new byte[64]);

    /// <summary>Lets the first device leave a frame only when the second is inside the frame before, and the other way round.</summary>
    private sealed class Rendezvous(int frames)
    {
        private readonly object _gate = new();
        private int _first;
        private int _second;

        public bool HaveMet { get; private set; } = true;

        public void EnterFirst()
        {
            lock (_gate)
            {
                var frame = _first++;
                Await(() => _second >= frame);
            }
        }

        public void EnterSecond()
        {
            lock (_gate)
            {
                var frame = _second++;
                Await(() => _first >= Math.Min(frame + 2, frames));
            }
        }

        private void Await(Func<bool> isThere)
        {
            Monitor.PulseAll(_gate);
            while (HaveMet && !isThere())
            {
                HaveMet = Monitor.Wait(_gate, Patience);
            }
        }
    }
}
