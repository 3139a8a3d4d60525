namespace EdgeAI.Runtime.Execution;

/// <summary>
/// The queues of a plan's lanes in real time, and a crew of threads that does their steps, as many as there are lanes. Any thread
/// may do any lane's step, so whoever has ended one goes on with what became ready and another thread is woken only for what is
/// left over. The crew is made with the first frame. Thread-safe.
/// </summary>
internal sealed class Dispatcher(StepGraph graph, string model) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StepQueue _queue = new(graph);
    private readonly List<FrameProgress> _frames = [];
    private readonly SemaphoreSlim _work = new(0);
    private Thread[] _crew = [];
    private int _idle;
    private bool _isClosed;

    /// <summary>Lets a frame in; its owner's End is called when it is over.</summary>
    /// <exception cref="ObjectDisposedException">The executor is disposed.</exception>
    public void Start(FrameProgress frame)
    {
        lock (_lock)
        {
            Enter(frame);
            Wake(_queue.CountTakeable());
        }

        EndIfEmpty(frame);
    }

    /// <summary>Lets a frame in, takes part in it and returns when it is over.</summary>
    /// <exception cref="ObjectDisposedException">The executor is disposed.</exception>
    public void RunToEnd(FrameProgress frame)
    {
        ReadyStep step;
        bool isTaken;
        lock (_lock)
        {
            Enter(frame);
            isTaken = _queue.TryTake(frame, out step);
            Wake(_queue.CountTakeable());
        }

        EndIfEmpty(frame);
        while (isTaken)
        {
            isTaken = Do(step, frame, out step);
        }

        frame.Owner!.AwaitEnd();
    }

    /// <summary>Ends the frames that are in and waits for the crew; steps that are being done come to their end first.</summary>
    public void Dispose()
    {
        var over = new List<FrameProgress>();
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            foreach (var frame in _frames)
            {
                frame.Owner!.Keep(new ObjectDisposedException(nameof(Executor), "The executor was disposed while a frame was in flight."));
                _queue.Stop(frame);
            }

            over.AddRange(_frames.Where(frame => frame.IsEnded));
            _frames.RemoveAll(frame => frame.IsEnded);
            if (_crew.Length > 0)
            {
                _work.Release(_crew.Length);
            }
        }

        over.ForEach(frame => frame.Owner!.End());
        foreach (var thread in _crew.Where(thread => thread != Thread.CurrentThread))
        {
            thread.Join();
        }
    }

    private void Enter(FrameProgress frame)
    {
        ObjectDisposedException.ThrowIf(_isClosed, typeof(Executor));
        if (_crew.Length == 0)
        {
            Staff();
        }

        _frames.Add(frame);
        _queue.Add(frame, Ticks.Now);
    }

    private void Staff()
    {
        _crew = [.. graph.LaneNames.Select((_, i) => new Thread(Work) { IsBackground = true, Name = $"EdgeAI {model} {i}" })];
        foreach (var thread in _crew)
        {
            thread.Start();
        }
    }

    /// <summary>A plan without steps.</summary>
    private void EndIfEmpty(FrameProgress frame)
    {
        if (frame.Owner!.Trace.IsEmpty)
        {
            lock (_lock)
            {
                _frames.Remove(frame);
            }

            frame.Owner.End();
        }
    }

    private void Work()
    {
        while (TryTakeOrRest(out var isTaken, out var step))
        {
            while (isTaken)
            {
                isTaken = Do(step, null, out step);
            }
        }
    }

    /// <summary>Takes a step, or waits until there may be one; false when there will be none any more.</summary>
    private bool TryTakeOrRest(out bool isTaken, out ReadyStep step)
    {
        lock (_lock)
        {
            isTaken = _queue.TryTake(null, out step);
            if (!isTaken && _isClosed)
            {
                return false;
            }

            _idle += isTaken ? 0 : 1;
        }

        if (!isTaken)
        {
            _work.Wait();
        }

        return true;
    }

    /// <summary>Does a step and takes the next; false when there is none for this thread.</summary>
    private bool Do(ReadyStep step, FrameProgress? only, out ReadyStep next)
    {
        var frame = step.Frame;
        var (_, isWell) = frame.Owner!.Do(step.Step, double.NaN, Ticks.Now - step.ReadyAt);
        bool isOver;
        bool isTaken;
        lock (_lock)
        {
            _queue.End(step, Ticks.Now);
            if (!isWell)
            {
                _queue.Stop(frame);
            }

            isOver = frame.IsEnded && _frames.Remove(frame);
            isTaken = _queue.TryTake(only, out next);
            Wake(_queue.CountTakeable());
        }

        if (isOver)
        {
            frame.Owner.End();
        }

        return isTaken;
    }

    private void Wake(int count)
    {
        var woken = Math.Min(count, _idle);
        if (woken > 0)
        {
            _idle -= woken;
            _work.Release(woken);
        }
    }
}
