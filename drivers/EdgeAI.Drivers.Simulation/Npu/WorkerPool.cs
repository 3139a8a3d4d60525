using System.Runtime.ExceptionServices;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>Work in parts that do not depend on one another.</summary>
internal interface IPartedWork
{
    /// <summary>Does one part; a worker, counted from 0, does one at a time.</summary>
    void Execute(int part, int worker);
}

/// <summary>
/// The caller and some parked threads, who share the parts of one work at a time. Nobody waits for a thread that has taken no part: on a
/// busy host the caller does the work alone. A run allocates nothing.
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    /// <summary>Bits of the numbers of parts and of the next part in <see cref="_progress"/>; the bits above count works, so that latecomers take nothing.</summary>
    private const int PartBits = 20;

    private const long PartMask = (1L << PartBits) - 1;
    private const int PartsPerWorker = 3;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim[] _starts;
    private readonly ManualResetEventSlim _done = new();
    private IPartedWork? _work;
    private long _progress;
    private int _completed;
    private ExceptionDispatchInfo? _error;
    private volatile bool _isStopping;

    /// <summary>A pool of that many workers, the caller included.</summary>
    public WorkerPool(int workers)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(workers);
        _starts = [.. Enumerable.Range(1, workers - 1).Select(_ => new SemaphoreSlim(0))];
        _threads = [.. Enumerable.Range(1, workers - 1).Select(worker => new Thread(() => Live(worker)) { IsBackground = true, Name = $"simulated NPU {worker}" })];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>Who works, the caller included.</summary>
    public int Workers => _threads.Length + 1;

    /// <summary>Parts to cut a work into that has so many: the last to finish then keeps the others waiting for less.</summary>
    public int WantedParts => Workers * PartsPerWorker;

    /// <summary>Threads that have not ended.</summary>
    internal int AliveThreads => _threads.Count(thread => thread.IsAlive);

    /// <summary>All parts, in order, on the caller's thread.</summary>
    public static void RunAlone(IPartedWork work, int parts)
    {
        for (var part = 0; part < parts; part++)
        {
            work.Execute(part, 0);
        }
    }

    /// <summary>Returns when all parts are done; what a part throws is thrown here, and parts that had not begun are left out.</summary>
    public void Run(IPartedWork work, int parts)
    {
        if (_threads.Length == 0 || parts is <= 1 or > (int)PartMask)
        {
            RunAlone(work, parts);
            return;
        }

        (_work, _error, _completed) = (work, null, 0);
        var works = (Volatile.Read(ref _progress) >> (2 * PartBits)) + 1;
        Volatile.Write(ref _progress, (works << (2 * PartBits)) | ((long)parts << PartBits));
        Wake(parts - 1);
        TakeParts(0);
        AwaitParts(parts);
        _work = null;
        _error?.Throw();
    }

    public void Dispose()
    {
        if (_isStopping)
        {
            return;
        }

        _isStopping = true;
        Array.ForEach(_starts, start => start.Release());
        Array.ForEach(_threads, thread => thread.Join());
        Array.ForEach(_starts, start => start.Dispose());
        _done.Dispose();
    }

    private void Wake(int most)
    {
        for (var i = 0; i < _starts.Length && i < most; i++)
        {
            if (_starts[i].CurrentCount == 0)
            {
                _starts[i].Release();
            }
        }
    }

    private void AwaitParts(int parts)
    {
        while (Volatile.Read(ref _completed) < parts)
        {
            // The event may have been set late by who ended the work before.
            _done.Reset();
            if (Volatile.Read(ref _completed) < parts)
            {
                _done.Wait();
            }
        }
    }

    private void Live(int worker)
    {
        while (true)
        {
            _starts[worker - 1].Wait();
            if (_isStopping)
            {
                return;
            }

            TakeParts(worker);
        }
    }

    private void TakeParts(int worker)
    {
        while (Take(all: false, out var part) > 0)
        {
            var ended = 1;
            try
            {
                _work!.Execute(part, worker);
            }
            catch (Exception error) when (Keep(error))
            {
                ended += Take(all: true, out _);
            }

            Complete(ended);
        }
    }

    private void Complete(int ended)
    {
        var parts = (int)(Volatile.Read(ref _progress) >> PartBits & PartMask);
        if (Interlocked.Add(ref _completed, ended) == parts)
        {
            _done.Set();
        }
    }

    /// <summary>Takes the next part, or all that are left; returns how many. Who has one keeps the work from ending.</summary>
    private int Take(bool all, out int part)
    {
        while (true)
        {
            var progress = Volatile.Read(ref _progress);
            part = (int)(progress & PartMask);
            var left = (int)(progress >> PartBits & PartMask) - part;
            var taken = all ? left : Math.Min(left, 1);
            if (taken == 0 || Interlocked.CompareExchange(ref _progress, progress + taken, progress) == progress)
            {
                return taken;
            }
        }
    }

    /// <summary>The first error is the one that is thrown.</summary>
    private bool Keep(Exception error)
    {
        Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(error), null);
        return true;
    }
}
