using System.Runtime.ExceptionServices;
using EdgeAI.Hal.Cpu.Interop;

namespace EdgeAI.Hal.Cpu;

/// <summary>One piece of work that can be started again and again on the thread pool without allocating.</summary>
internal sealed class BackgroundWork(Func<OrtException?> work) : IThreadPoolWorkItem, IDisposable
{
    private readonly ManualResetEventSlim _done = new(initialState: true);
    private OrtException? _error;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Starts it; it must not be running.</summary>
    public void Start()
    {
        (_error, _failure) = (null, null);
        _done.Reset();
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Waits for its end and gives its result; an exception that it ended with is thrown.</summary>
    public OrtException? Join()
    {
        _done.Wait();
        _failure?.Throw();
        return _error;
    }

    /// <summary>Makes it end early and waits for that; the result does not matter any more.</summary>
    public void Abandon(BoundTensors tensors)
    {
        tensors.Terminate();
        _done.Wait();
    }

    public void Dispose() => _done.Dispose();

    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            _error = work();
        }
        catch (Exception failure) when (failure is EdgeException or ObjectDisposedException or OrtException)
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
        }
        finally
        {
            _done.Set();
        }
    }
}
