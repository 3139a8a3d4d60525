using System.Threading.Tasks.Sources;

namespace EdgeAI.Runtime.Execution;

/// <summary>One who waits for a frame, again and again, without allocating. All but what the awaiter calls is under the stream's lock.</summary>
internal sealed class FrameWaiter(Lock gate, string who) : IValueTaskSource<StreamFrame?>
{
    private ManualResetValueTaskSourceCore<StreamFrame?> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;

    public bool IsWaiting { get; private set; }

    /// <exception cref="InvalidOperationException">Another one waits already.</exception>
    public ValueTask<StreamFrame?> Wait(CancellationToken cancellationToken)
    {
        if (IsWaiting)
        {
            throw new InvalidOperationException($"A stream has one {who} at a time; another one waits already.");
        }

        _core.Reset();
        IsWaiting = true;
        _registration = cancellationToken.UnsafeRegister(static (waiter, token) => ((FrameWaiter)waiter!).Cancel(token), this);
        return new ValueTask<StreamFrame?>(this, _core.Version);
    }

    public void Give(StreamFrame? frame)
    {
        IsWaiting = false;
        _core.SetResult(frame);
    }

    public void Fail(Exception error)
    {
        if (IsWaiting)
        {
            IsWaiting = false;
            _core.SetException(error);
        }
    }

    public StreamFrame? GetResult(short token)
    {
        _registration.Dispose();
        return _core.GetResult(token);
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            Fail(new OperationCanceledException(cancellationToken));
        }
    }
}
