using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using EdgeAI.Hal;
using EdgeAI.Runtime.Execution;
using EdgeAI.Runtime.Telemetry;

namespace EdgeAI.Runtime;

/// <summary>
/// Several frames in flight through one plan, so that all its devices are busy: rent a frame, write its inputs, submit it; read
/// results in the order of submission. One writer and one reader at a time, on any threads; nothing is allocated per frame. On a
/// <see cref="VirtualClock"/> the work is done while a result is waited for, by whoever reads, or submits while somebody waits to read;
/// the same calls in the same order take the same times. Else it is done by threads of the executor's own.
/// </summary>
public sealed class FrameStream : IDisposable, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Executor _executor;
    private readonly StreamOptions _options;
    private readonly IDisposable? _owned;
    private readonly FramePool _frames;
    private readonly Queue<StreamFrame> _waiting;
    private readonly Queue<StreamFrame> _inFlight;
    private readonly FrameWaiter _writer;
    private readonly FrameWaiter _reader;
    private readonly VirtualFlow? _flow;
    private readonly CancellationTokenSource _stop = new();
    private readonly long _openedAt = Stopwatch.GetTimestamp();
    private readonly double _openedVirtual;
    private readonly ManualResetEventSlim _isQuiet = new(initialState: true);
    private StreamFrame? _read;
    private int _running;
    private long _submitted;
    private long _dropped;
    private long _failed;
    private long _delivered;
    private bool _isComplete;
    private bool _isDisposed;

    /// <summary>A stream through an executor.</summary>
    /// <param name="executor">Outlives the stream.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="owned">Disposed with the stream, for example what keeps the executor alive.</param>
    /// <exception cref="DeviceMemoryException">A device has no room for the buffers of so many frames.</exception>
    public FrameStream(Executor executor, StreamOptions? options = null, IDisposable? owned = null)
    {
        ArgumentNullException.ThrowIfNull(executor);
        (_executor, _options, _owned) = (executor, options ?? StreamOptions.Default, owned);
        FramesInFlight = _options.FramesInFlight > 0 ? _options.FramesInFlight : executor.SuitableFrames;
        (_waiting, _inFlight) = (new(_options.Capacity), new(FramesInFlight));
        (_writer, _reader) = (new(_lock, "writer"), new(_lock, "reader"));
        _flow = executor.Clock is VirtualClock clock ? new VirtualFlow(executor.Graph, clock) : null;
        _openedVirtual = (executor.Clock as VirtualClock)?.ElapsedSeconds ?? double.NaN;
        _frames = new FramePool(executor, FramesInFlight + _options.Capacity, OnEnded);
    }

    /// <summary>What is done with each frame.</summary>
    public Plan Plan => _executor.Plan;

    /// <summary>Frames that are worked on at a time.</summary>
    public int FramesInFlight { get; }

    /// <summary>What has become of the frames so far.</summary>
    public StreamStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                return new StreamStatistics(_submitted, _dropped, _failed, _delivered);
            }
        }
    }

    /// <summary>A frame to be written and submitted, after <see cref="StreamOptions.WhenFull"/>; null where it is dropped.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while it waited.</exception>
    /// <exception cref="InvalidOperationException">The stream is complete, or another writer waits.</exception>
    public ValueTask<StreamFrame?> RentAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            CheckOpen();
            return TryTakeRoom(out var frame) ? new ValueTask<StreamFrame?>(frame)
                : _options.WhenFull == DropPolicy.Wait ? _writer.Wait(cancellationToken)
                : new ValueTask<StreamFrame?>(Drop());
        }
    }

    /// <summary>The same without waiting: false where the frame is dropped, or would have to wait.</summary>
    public bool TryRent([NotNullWhen(true)] out StreamFrame? frame)
    {
        lock (_lock)
        {
            CheckOpen();
            if (!TryTakeRoom(out frame) && _options.WhenFull != DropPolicy.Wait)
            {
                Drop();
            }

            return frame is not null;
        }
    }

    /// <summary>Hands a rented frame in.</summary>
    /// <exception cref="InvalidOperationException">The frame is not rented.</exception>
    public void Submit(StreamFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        lock (_lock)
        {
            CheckOpen();
            frame.Require(StreamFrame.Stage.Rented);
            frame.Context.Begin(_options.Deadline, _stop.Token);
            (frame.At, frame.Number, frame.SubmittedAt) = (StreamFrame.Stage.Waiting, _submitted++, _executor.Clock.GetTimestamp());
            _waiting.Enqueue(frame);
            Admit();
            ServeReader();
        }
    }

    /// <summary>Rents, writes the first input and submits; false where the frame is dropped.</summary>
    /// <exception cref="TensorMismatchException">Type or count of the elements do not fit.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> SubmitAsync<T>(ReadOnlyMemory<T> input, CancellationToken cancellationToken = default)
        where T : unmanaged
    {
        var frame = await RentAsync(cancellationToken).ConfigureAwait(false);
        if (frame is null)
        {
            return false;
        }

        try
        {
            frame.Write(input.Span);
        }
        catch
        {
            Return(frame);
            throw;
        }

        Submit(frame);
        return true;
    }

    /// <summary>Gives a rented frame back that is not to be submitted. A stream that is disposed has taken it back already.</summary>
    /// <exception cref="InvalidOperationException">The frame is not rented.</exception>
    public void Return(StreamFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        lock (_lock)
        {
            if (!_isDisposed)
            {
                frame.Require(StreamFrame.Stage.Rented);
                Free(frame);
            }
        }
    }

    /// <summary>No frame comes any more; the reader gets what is still in.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _isComplete = true;
            _writer.Fail(new InvalidOperationException("The stream is complete."));
            ServeReader();
        }
    }

    /// <summary>The next result in the order of submission, good until the next is read; null after the last.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while it waited.</exception>
    public ValueTask<StreamFrame?> ReadAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            Release();
            Drive();
            return TryDeliver(out var frame) || IsDrained ? new ValueTask<StreamFrame?>(frame) : _reader.Wait(cancellationToken);
        }
    }

    /// <summary>The results in the order of submission, each good until the next is asked for. A frame that failed is among them.</summary>
    public async IAsyncEnumerable<StreamFrame> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await ReadAsync(cancellationToken).ConfigureAwait(false) is { } frame)
        {
            yield return frame;
        }
    }

    /// <summary>What the frame that was read last took, to be kept; <see cref="ChromeTrace"/> draws many of them.</summary>
    /// <exception cref="InvalidOperationException">The frame was not read, or another one has been since.</exception>
    public FrameTrace TraceOf(StreamFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        frame.Require(StreamFrame.Stage.Read);
        var (wall, simulated) = frame.Context.Started;
        return new FrameTrace(frame.Number, Stopwatch.GetElapsedTime(_openedAt, wall).TotalSeconds, simulated - _openedVirtual, [.. frame.Trace]);
    }

    /// <summary>Cancels what is in flight and waits for it to end.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            _writer.Fail(new ObjectDisposedException(nameof(FrameStream)));
            _reader.Fail(new ObjectDisposedException(nameof(FrameStream)));
        }

        _stop.Cancel();
        StopAll();
        _isQuiet.Wait();
        lock (_lock)
        {
            _frames.Close();
        }

        _stop.Dispose();
        _owned?.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Task.Run(Dispose).ConfigureAwait(false);

    private void CheckOpen()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_isComplete)
        {
            throw new InvalidOperationException("The stream is complete: no frame comes any more.");
        }
    }

    private bool TryTakeRoom([NotNullWhen(true)] out StreamFrame? frame)
    {
        if (!_frames.TryTake(out frame) && _options.WhenFull == DropPolicy.DropOldest && _waiting.TryDequeue(out frame))
        {
            Drop();
            frame.Context.Abandon();
        }

        return frame?.Open() is not null;
    }

    private StreamFrame? Drop()
    {
        _dropped++;
        RuntimeTelemetry.DroppedFrames.Add(1);
        return null;
    }

    private void Admit()
    {
        while (_inFlight.Count + (_read is null ? 0 : 1) < FramesInFlight && _waiting.TryDequeue(out var frame))
        {
            frame.At = StreamFrame.Stage.InFlight;
            _inFlight.Enqueue(frame);
            _running++;
            _isQuiet.Reset();
            Start(frame);
        }
    }

    private void Start(StreamFrame frame)
    {
        if (_flow is not null)
        {
            _flow.Add(frame.Context.Progress, ((VirtualClock)_executor.Clock).ElapsedSeconds);
            return;
        }

        try
        {
            _executor.Dispatcher.Start(frame.Context.Progress);
        }
        catch (ObjectDisposedException error)
        {
            // Somebody disposed the executor below the stream: its frames end with that, and nobody waits for ever.
            frame.Context.Keep(error);
            OnEnded(frame);
        }
    }

    /// <summary>On the thread that did the frame's last step.</summary>
    private void OnEnded(StreamFrame frame)
    {
        lock (_lock)
        {
            frame.Context.Finish();
            frame.At = StreamFrame.Stage.Ended;
            frame.Latency = _flow is null ? _executor.Clock.GetElapsedTime(frame.SubmittedAt)
                : TimeSpan.FromSeconds(frame.Context.Progress.EndedAt - ((double)frame.SubmittedAt / _executor.Clock.TimestampFrequency));
            _failed += frame.Error is null ? 0 : 1;
            if (--_running == 0)
            {
                _isQuiet.Set();
            }

            if (_flow is null)
            {
                ServeReader();
            }
        }
    }

    /// <summary>In virtual time: works until the oldest frame has ended.</summary>
    private void Drive()
    {
        while (_flow is not null && _inFlight.TryPeek(out var oldest) && oldest.At == StreamFrame.Stage.InFlight && _flow.Step());
    }

    private bool IsDrained => _isComplete && _inFlight.Count == 0 && _waiting.Count == 0;

    private void ServeReader()
    {
        if (_reader.IsWaiting)
        {
            Drive();
            if (TryDeliver(out var frame) || IsDrained)
            {
                _reader.Give(frame);
            }
        }
    }

    private bool TryDeliver(out StreamFrame? frame)
    {
        frame = null;
        if (!_inFlight.TryPeek(out var oldest) || oldest.At != StreamFrame.Stage.Ended)
        {
            return false;
        }

        _read = frame = _inFlight.Dequeue();
        frame.At = StreamFrame.Stage.Read;
        _delivered++;
        (_executor.Clock as VirtualClock)?.AdvanceTo(frame.Context.Progress.EndedAt);
        return true;
    }

    /// <summary>Takes back the frame that was read last: there is room for another.</summary>
    private void Release()
    {
        if (_read is not { } frame)
        {
            return;
        }

        _read = null;
        Free(frame);
        Admit();
    }

    private void Free(StreamFrame frame)
    {
        if (_writer.IsWaiting)
        {
            _writer.Give(frame.Open());
        }
        else
        {
            _frames.Free(frame);
        }
    }

    private void StopAll()
    {
        lock (_lock)
        {
            while (_waiting.TryDequeue(out var frame))
            {
                frame.Context.Abandon();
            }

            foreach (var frame in _inFlight.Where(frame => frame.At == StreamFrame.Stage.InFlight))
            {
                _flow?.Stop(frame.Context.Progress);
            }
        }
    }
}
