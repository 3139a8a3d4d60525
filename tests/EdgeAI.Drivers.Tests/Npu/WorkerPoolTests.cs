using EdgeAI.Drivers.Simulation;
using EdgeAI.Drivers.Simulation.Npu;
using EdgeAI.Hal.Npu;

namespace EdgeAI.Drivers.Tests.Npu;

/// <summary>The threads of a simulated NPU.</summary>
public sealed class WorkerPoolTests
{
    [Test]
    public void Run_AnyNumberOfWorkersAndParts_DoesEachPartOnce([Values(1, 2, 3, 5)] int workers, [Values(0, 1, 2, 3, 100)] int parts)
    {
        using var pool = new WorkerPool(workers);
        for (var round = 0; round < 20; round++)
        {
            var work = new Counting(parts, workers);
            pool.Run(work, parts);
            Assert.That(work.Done, Is.All.EqualTo(1));
        }
    }

    [Test]
    public void Run_APartThrows_ThrowsItHereAndThePoolGoesOn([Values(1, 2, 3)] int workers, [Values(0, 7)] int failing)
    {
        using var pool = new WorkerPool(workers);
        Assert.That(() => pool.Run(new Failing(failing), 8), Throws.InvalidOperationException.With.Message.EqualTo($"part {failing}"));
        var work = new Counting(50, workers);
        pool.Run(work, 50);
        Assert.That(work.Done, Is.All.EqualTo(1));
    }

    [Test]
    public void Run_ManyTimes_AllocatesNothing([Values(1, 2, 3)] int workers)
    {
        using var pool = new WorkerPool(workers);
        var work = new Counting(64, workers);
        void Runs()
        {
            for (var i = 0; i < 200; i++)
            {
                pool.Run(work, 64);
            }
        }

        AssertAllocatesNothing(Runs);
        AssertAllocatesNothing(Runs);
        Assert.That(work.WorkerBytes(), Is.All.Zero);
    }

    [Test]
    public void Dispose_JoinsTheThreads()
    {
        var pool = new WorkerPool(3);
        var work = new Counting(100, 3);
        pool.Run(work, 100);
        pool.Dispose();
        Assert.That(pool.AliveThreads, Is.Zero);
    }

    [Test]
    public void Dispose_OfADeviceWithThreadsTwice_DoesNothingMore()
    {
        var npu = new SimulatedNpu(NpuConfiguration.Micro128, threads: 3);
        npu.Dispose();
        Assert.That(npu.Dispose, Throws.Nothing);
    }

    [Test]
    public void Execute_LargeConvolutionOnSeveralThreads_AllocatesNothing([Values(1, 2, 3)] int threads, [Values] bool depthwise)
    {
        var rig = new StreamRig();
        rig.Add(ConvolutionProblem.RandomLarge(new Random(5), depthwise).Place(rig));
        using var device = new NpuDevice(new SimulatedNpu(NpuConfiguration.Phone4k, threads: threads));
        using var loaded = device.Load(rig.Build());
        using var input = device.Allocate(rig.Picture.Length);
        input.Write(0, rig.Picture);
        using var run = loaded.Prepare([new(input)], [default]);
        void Runs()
        {
            for (var i = 0; i < 50; i++)
            {
                run.Execute();
            }
        }

        AssertAllocatesNothing(Runs);
    }

    /// <summary>
    /// Many runs in a row without a byte on this thread. The runtime makes what a thread waits with when it first has to wait, whenever that is, so there are
    /// several tries; what each run allocated would show in all of them.
    /// </summary>
    private static void AssertAllocatesNothing(Action runs)
    {
        const int Tries = 6;
        var allocated = new long[Tries];
        for (var i = 0; i < Tries; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            runs();
            allocated[i] = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.That(allocated, Has.Some.Zero, string.Join(", ", allocated));
    }

    private sealed class Counting(int parts, int workers) : IPartedWork
    {
        private readonly long[] _first = Enumerable.Repeat(-1L, workers).ToArray();
        private readonly long[] _last = new long[workers];
        private int _calls;

        public int[] Done { get; } = new int[parts];

        /// <summary>What each worker allocated behind the first 2,000 runs.</summary>
        public IEnumerable<long> WorkerBytes() => _first.Zip(_last, (first, last) => first < 0 ? 0 : last - first);

        public void Execute(int part, int worker)
        {
            Interlocked.Increment(ref Done[part]);
            _last[worker] = GC.GetAllocatedBytesForCurrentThread();
            if (Interlocked.Increment(ref _calls) > 2000 * parts && _first[worker] < 0)
            {
                _first[worker] = _last[worker];
            }
        }
    }

    private sealed class Failing(int failing) : IPartedWork
    {
        public void Execute(int part, int worker)
        {
            if (part == failing)
            {
                throw new InvalidOperationException($"part {part}");
            }
        }
    }
}
