using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI.Sdk.Tests.Runtime;

/// <summary>Nothing is allocated per frame, on any thread, once everything has been used.</summary>
[NonParallelizable]
public sealed class FrameAllocationTests
{
    private const int Frames = 2000;

    /// <summary>What one allocation per frame would be at the least; noise of the test host stays far below.</summary>
    private const long OneObjectPerFrame = Frames * 24;

    [TestCase(false)]
    [TestCase(true)]
    public void Run_ThatOverlaps_AllocatesNothing(bool isVirtual)
    {
        using var rig = new MixRig(StepGraphTests.Fork().Build(), isVirtual ? new VirtualClock() : null);
        var context = rig.Executor.Rent();
        using var source = new CancellationTokenSource();
        Assert.That(LeastOfProcess(() =>
        {
            for (var i = 0; i < Frames; i++)
            {
                context.Run(source.Token);
            }
        }), Is.LessThan(OneObjectPerFrame / 4), "bytes of all threads");
        Assert.That(Allocations.Least(() => context.Run(source.Token)), Is.Zero, "bytes of the calling thread");
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Run_WithADeadline_AllocatesNothing(bool isVirtual)
    {
        using var rig = new MixRig(OverlapTests.Chain().Build(), isVirtual ? new VirtualClock() : null);
        var context = rig.Executor.Rent();
        using var source = new CancellationTokenSource();
        Assert.That(Allocations.Least(() => context.Run(TimeSpan.FromMinutes(1), source.Token)), Is.Zero);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Stream_OfManyFrames_AllocatesNothing(bool isVirtual)
    {
        using var rig = new MixRig(StepGraphTests.Fork().Build(), isVirtual ? new VirtualClock() : null);
        await using var stream = new FrameStream(rig.Executor, new StreamOptions { Deadline = TimeSpan.FromMinutes(10) });
        var input = new byte[64];
        await Task.Run(() => Pass(stream, input, Frames));
        var least = long.MaxValue;
        for (var reading = 0; reading < 3; reading++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await Task.Run(() => Pass(stream, input, Frames));
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.That(least, Is.LessThan(OneObjectPerFrame / 4), $"bytes of all threads for {Frames} frames");
    }

    /// <summary>Keeps the stream full. Runs on the thread pool: the test host's synchronization context allocates for each wait.</summary>
    private static async Task Pass(FrameStream stream, ReadOnlyMemory<byte> input, int frames)
    {
        var (sent, read) = (0, 0);
        while (read < frames)
        {
            while (sent < frames && stream.TryRent(out var free))
            {
                input.Span.CopyTo(free.Input<byte>());
                stream.Submit(free);
                sent++;
            }

            read += await stream.ReadAsync() is { Error: null } ? 1 : 0;
        }
    }

    private static long LeastOfProcess(Action action)
    {
        action();
        var least = long.MaxValue;
        for (var reading = 0; reading < 3; reading++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            action();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }
}
