using EdgeAI.Hal;

namespace EdgeAI.Runtime.Execution;

/// <summary>
/// What ends a run early: its caller's token, and a deadline on the executor's clock. Reused from run to run; allocates only
/// after a run that it has ended.
/// </summary>
internal sealed class RunLimit(TimeProvider clock) : IDisposable
{
    /// <summary>No timer takes more than 49 days: it rings early then, and is set again.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private CancellationTokenSource? _source;
    private CancellationTokenRegistration _registration;
    private CancellationToken _caller;
    private ITimer? _timer;
    private TimeSpan _deadline = Timeout.InfiniteTimeSpan;
    private long _started;

    /// <summary>Ends a step that is being done.</summary>
    public CancellationToken Token { get; private set; }

    public bool HasDeadline => _deadline != Timeout.InfiniteTimeSpan;

    /// <exception cref="ArgumentOutOfRangeException">The deadline is negative and not infinite.</exception>
    public static TimeSpan Checked(TimeSpan deadline) =>
        deadline >= TimeSpan.Zero || deadline == Timeout.InfiniteTimeSpan ? deadline
            : throw new ArgumentOutOfRangeException(nameof(deadline), deadline, "A run's deadline is not negative.");

    /// <exception cref="ArgumentOutOfRangeException">The deadline is negative and not infinite.</exception>
    public void Begin(TimeSpan deadline, CancellationToken caller)
    {
        Checked(deadline);
        (_caller, Token) = (caller, caller);
        if (deadline != Timeout.InfiniteTimeSpan)
        {
            BeginDeadline(deadline);
        }
    }

    public void End()
    {
        if (HasDeadline)
        {
            EndDeadline();
        }

        (_caller, Token) = (default, default);
    }

    /// <summary>True when the deadline is over at that time of the clock.</summary>
    /// <param name="atSeconds">Seconds of a virtual clock; NaN for now.</param>
    public bool IsOver(double atSeconds) =>
        HasDeadline && (double.IsNaN(atSeconds) ? clock.GetElapsedTime(_started) : TimeSpan.FromSeconds(Since(atSeconds))) > _deadline;

    /// <summary>What of a step's seconds on a virtual clock is done before the deadline ends it.</summary>
    public double Cut(double startSeconds, double seconds) =>
        HasDeadline ? Math.Clamp(_deadline.TotalSeconds - Since(startSeconds), 0, seconds) : seconds;

    /// <summary>The caller's wish and the deadline, before a step and after the last.</summary>
    public void Check(Plan plan, int step, double atSeconds)
    {
        if (_caller.IsCancellationRequested)
        {
            throw Cancelled(plan, step, null);
        }

        if (IsOver(atSeconds))
        {
            throw Exceeded(plan, step, null);
        }
    }

    /// <summary>What a step that was ended early means: the caller's wish before the deadline.</summary>
    public Exception Explain(Plan plan, int step, OperationCanceledException error) =>
        _caller.IsCancellationRequested ? Cancelled(plan, step, error)
        : IsOver(double.NaN) ? Exceeded(plan, step, error)
        : error;

    public void Dispose()
    {
        _timer?.Dispose();
        _source?.Dispose();
    }

    private double Since(double atSeconds) => atSeconds - ((double)_started / clock.TimestampFrequency);

    private OperationCanceledException Cancelled(Plan plan, int step, Exception? inner) =>
        new($"The run was cancelled {(inner is null ? "before" : "in")} {StepFailure.Name(plan, step)}.", inner, _caller);

    private DeadlineExceededException Exceeded(Plan plan, int step, Exception? inner) => new(
        $"{StepFailure.Name(plan, step)} was reached when the run's deadline of {PlanFormat.Time(_deadline.TotalSeconds)} was over; the plan has {plan.Steps.Length} steps, predicted {PlanFormat.Time(plan.PredictedSeconds)}.",
        StepFailure.Place(plan, step), _deadline, inner);

    private void BeginDeadline(TimeSpan deadline)
    {
        lock (_lock)
        {
            _source ??= new CancellationTokenSource();
            (_deadline, _started, Token) = (deadline, clock.GetTimestamp(), _source.Token);
        }

        _registration = _caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        if (clock is not VirtualClock)
        {
            _timer ??= clock.CreateTimer(static limit => ((RunLimit)limit!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(deadline < LongestWait ? deadline : LongestWait, Timeout.InfiniteTimeSpan);
        }
    }

    private void EndDeadline()
    {
        _registration.Dispose();
        _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (_lock)
        {
            _deadline = Timeout.InfiniteTimeSpan;
            if (!_source!.TryReset())
            {
                _source.Dispose();
                _source = null;
            }
        }
    }

    /// <summary>The timer of an earlier run may ring late: only a deadline that is over now counts. One that rings early rings again.</summary>
    private void Ring()
    {
        lock (_lock)
        {
            if (!HasDeadline)
            {
                return;
            }

            var left = _deadline - clock.GetElapsedTime(_started);
            if (left < TimeSpan.Zero)
            {
                _source!.Cancel();
            }
            else
            {
                _timer!.Change(left < LongestWait ? left + TimeSpan.FromMilliseconds(1) : LongestWait, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
