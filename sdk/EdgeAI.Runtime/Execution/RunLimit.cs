using EdgeAI.Hal;

namespace EdgeAI.Runtime.Execution;

/// <summary>
/// What ends a run early: its caller's token, and a deadline on the executor's clock. Reused from run to run; allocates only
/// after a run that it has ended.
/// </summary>
internal sealed class RunLimit(TimeProvider clock) : IDisposable
{
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
    public void Begin(TimeSpan deadline, CancellationToken caller)
    {
        if (deadline < TimeSpan.Zero && deadline != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(deadline), deadline, "A run's deadline is not negative.");
        }

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
        HasDeadline && (double.IsNaN(atSeconds) ? clock.GetElapsedTime(_started) : TimeSpan.FromSeconds(atSeconds - ((double)_started / clock.TimestampFrequency))) > _deadline;

    /// <summary>The caller's wish and the deadline, before a step and after the last.</summary>
    public void Check(Plan plan, int step, double atSeconds)
    {
        _caller.ThrowIfCancellationRequested();
        if (IsOver(atSeconds))
        {
            throw Exceeded(plan, step, null);
        }
    }

    /// <summary>What a step that was ended early means: the caller's wish before the deadline.</summary>
    public Exception Explain(Plan plan, int step, OperationCanceledException error) =>
        _caller.IsCancellationRequested ? new OperationCanceledException($"The run was cancelled in {StepFailure.Name(plan, step)}.", error, _caller)
        : IsOver(double.NaN) ? Exceeded(plan, step, error)
        : error;

    public void Dispose()
    {
        _timer?.Dispose();
        _source?.Dispose();
    }

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
            _timer.Change(deadline, Timeout.InfiniteTimeSpan);
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
                _timer!.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            }
        }
    }
}
