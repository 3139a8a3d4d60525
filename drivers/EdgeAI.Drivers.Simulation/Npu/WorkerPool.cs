using System.Runtime.ExceptionServices;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>Work in parts that do not depend on one another.</summary>
internal interface IPartedWork
{
    /// <summary>Does one part; a worker, counted from 0, does one at a time.</summary>
    void Execute(int part, int worker);
}

/// <summary>The caller and some parked threads, who share the parts of one work at a time. A run allocates nothing.</summary>
internal sealed class WorkerPool : IDisposable
{
    private readonly Thread[] _threads;
    private readonly SemaphoreSlim[] _starts;
    private readonly ManualResetEventSlim _done = new(initialState: true);
    private IPartedWork? _work;
    private int _parts;
    private int _next;
    private int _busy;
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

    /// <summary>Threads that have not ended.</summary>
    internal int AliveThreads => _threads.Count(thread => thread.IsAlive);

    /// <summary>Returns when all parts are done; what a part throws is thrown here, and parts that had not begun are left out.</summary>
    public void Run(IPartedWork work, int parts)
    {
        if (_threads.Length == 0 || parts <= 1)
        {
            RunAlone(work, parts);
            return;
        }

        (_work, _parts, _error) = (work, parts, null);
        Volatile.Write(ref _next, 0);
        var helpers = Math.Min(_threads.Length, parts - 1);
        Volatile.Write(ref _busy, helpers);
        _done.Reset();
        for (var i = 0; i < helpers; i++)
        {
            _starts[i].Release();
        }

        TakeParts(0);
        _done.Wait();
        _work = null;
        _error?.Throw();
    }

    /// <summary>All parts, in order, on the caller's thread.</summary>
    public static void RunAlone(IPartedWork work, int parts)
    {
        for (var part = 0; part < parts; part++)
        {
            work.Execute(part, 0);
        }
    }

    public void Dispose()
    {
        _isStopping = true;
        Array.ForEach(_starts, start => start.Release());
        Array.ForEach(_threads, thread => thread.Join());
        Array.ForEach(_starts, start => start.Dispose());
        _done.Dispose();
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
            if (Interlocked.Decrement(ref _busy) == 0)
            {
                _done.Set();
            }
        }
    }

    private void TakeParts(int worker)
    {
        try
        {
            for (var part = Interlocked.Increment(ref _next) - 1; part < _parts; part = Interlocked.Increment(ref _next) - 1)
            {
                _work!.Execute(part, worker);
            }
        }
        catch (Exception error) when (Keep(error))
        {
            Volatile.Write(ref _next, _parts);
        }
    }

    /// <summary>The first error is the one that is thrown.</summary>
    private bool Keep(Exception error)
    {
        Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(error), null);
        return true;
    }
}
