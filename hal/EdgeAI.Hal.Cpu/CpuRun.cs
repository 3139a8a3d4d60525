using System.Diagnostics.CodeAnalysis;
using EdgeAI.Hal.Cpu.Interop;

namespace EdgeAI.Hal.Cpu;

/// <summary>
/// A model with its buffers bound. Without <see cref="CpuOptions.Background"/> the work is done inside
/// <see cref="DeviceRun.Wait"/>. Outputs whose shape the signature leaves open are allocated by each run and copied to the
/// view that is bound to them, if one is. Disposing it while it runs ends the run.
/// </summary>
public sealed class CpuRun : DeviceRun
{
    private const int Idle = 0;
    private const int Submitted = 1;
    private const int Running = 2;
    private const int Disposed = 3;

    private readonly CpuExecutable _executable;
    private readonly BoundTensors _tensors;
    private readonly BackgroundWork? _background;
    private readonly nint _session;
    private int _state;
    private volatile bool _isEnding;

    internal CpuRun(CpuExecutable executable, ReadOnlySpan<BufferView> inputs, Shape[] shapes, ReadOnlySpan<BufferView> outputs)
    {
        (_executable, _session) = (executable, executable.Session.Item);
        _tensors = new BoundTensors(executable, inputs, shapes, outputs);
        _background = executable.Device.Options.Background ? new BackgroundWork(Invoke) : null;
    }

    /// <inheritdoc/>
    public override void Submit()
    {
        var state = Interlocked.CompareExchange(ref _state, Submitted, Idle);
        if (state != Idle)
            ThrowNotIdle(state);
        _background?.Start();
    }

    /// <inheritdoc/>
    public override RunStatistics Wait(CancellationToken cancellationToken = default)
    {
        var state = Interlocked.CompareExchange(ref _state, Running, Submitted);
        if (state != Submitted)
            ThrowNotSubmitted(state);
        try
        {
            if (cancellationToken.CanBeCanceled)
                RunCancellable(cancellationToken);
            else
                Finish(_background is null ? Invoke() : _background.Join(), cancellationToken);
            return RunStatistics.None;
        }
        finally
        {
            Volatile.Write(ref _state, Idle);
        }
    }

    /// <inheritdoc/>
    public override TensorSpec OutputSpec(int index)
    {
        ThrowIfDisposed();
        return _tensors.OutputSpec(index);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The output is allocated by a run, and none has ended well yet.</exception>
    /// <exception cref="TensorMismatchException">The output is no tensor: use <see cref="ReadOutput"/>.</exception>
    public override BufferView Output(int index)
    {
        ThrowIfDisposed();
        return _tensors.Output(index);
    }

    /// <summary>A copy of an output of any sort after a run, sequences and maps too.</summary>
    public OnnxValue ReadOutput(int index)
    {
        ThrowIfDisposed();
        return _tensors.ReadOutput(index);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing || !EndAndClose())
            return;
        _background?.Dispose();
        _tensors.Dispose();
    }

    // The first to close wins; whoever is inside a run is made to leave first.
    private bool EndAndClose()
    {
        _isEnding = true;
        var spinner = default(SpinWait);
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if (state == Disposed)
                return false;
            if (state == Submitted && _background is not null)
                _background.Abandon(_tensors);
            if (state == Running)
                _tensors.Terminate();
            else if (Interlocked.CompareExchange(ref _state, Disposed, state) == state)
                return true;
            spinner.SpinOnce();
        }
    }

    private OrtException? Invoke() => _tensors.Run(_session);

    private void RunCancellable(CancellationToken cancellationToken)
    {
        var isCancelled = cancellationToken.IsCancellationRequested;
        var registration = cancellationToken.UnsafeRegister(static tensors => ((BoundTensors)tensors!).Terminate(), _tensors);
        OrtException? error;
        try
        {
            if (_background is null)
                cancellationToken.ThrowIfCancellationRequested();
            error = _background is null ? Invoke() : _background.Join();
        }
        finally
        {
            registration.Dispose();
            if (!_isEnding)
                _tensors.ClearTerminate();
        }

        // Work in the background may have been over before.
        if (isCancelled)
            cancellationToken.ThrowIfCancellationRequested();
        Finish(error, cancellationToken);
    }

    private void Finish(OrtException? error, CancellationToken cancellationToken)
    {
        if (error is null)
            _tensors.Deliver();
        else
            ThrowFailed(error, cancellationToken);
    }

    [DoesNotReturn]
    private void ThrowFailed(OrtException error, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isEnding, this);
        cancellationToken.ThrowIfCancellationRequested();
        throw new DeviceFaultException(
            $"Device 'cpu': ONNX Runtime {_executable.Session.Library.Version} ended a run with {error.Code}: {error.Message}", error);
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _state) == Disposed, this);

    private void ThrowNotIdle(int state)
    {
        ObjectDisposedException.ThrowIf(state == Disposed, this);
        throw new InvalidOperationException("The last submission has not been waited for.");
    }

    private void ThrowNotSubmitted(int state)
    {
        ObjectDisposedException.ThrowIf(state == Disposed, this);
        throw new InvalidOperationException(state == Running ? "The run is being waited for already." : "Nothing was submitted.");
    }
}
