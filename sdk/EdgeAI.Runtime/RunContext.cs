using System.Diagnostics;
using System.Runtime.ExceptionServices;
using EdgeAI.Hal;
using EdgeAI.Runtime.Execution;
using EdgeAI.Runtime.Telemetry;

namespace EdgeAI.Runtime;

/// <summary>
/// Buffers and prepared runs for one inference at a time: write the inputs, <see cref="Run(CancellationToken)"/>, read the
/// outputs. Not thread-safe; rent one per concurrent inference.
/// </summary>
public sealed class RunContext : IDisposable
{
    private readonly Executor _executor;
    private readonly PreparedPlan _prepared;
    private readonly RunLimit _limit;
    private readonly StepTrace[] _trace;
    private readonly StepTotals[] _totals;
    private readonly VirtualClock? _virtualClock;
    private FrameProgress? _progress;
    private SemaphoreSlim? _ended;
    private VirtualFlow? _flow;
    private Activity? _activity;
    private ExceptionDispatchInfo? _failure;
    private long _started;
    private double _startedVirtual;

    internal RunContext(Executor executor)
    {
        _executor = executor;
        _prepared = new PreparedPlan(executor);
        _limit = new RunLimit(executor.Clock);
        _trace = new StepTrace[executor.Plan.Steps.Length];
        _totals = new StepTotals[_trace.Length];
        _trace.AsSpan().Fill(StepTrace.NotDone);
        _virtualClock = executor.Clock as VirtualClock;
        executor.Tally.Add(_totals);
    }

    /// <summary>What the last run's steps took; as many as the plan has steps, those that were not done included.</summary>
    public ReadOnlySpan<StepTrace> Trace => _trace;

    /// <summary>Called on the thread that did the last step, when a frame that was started through a queue has ended.</summary>
    internal Action<RunContext>? OnEnded { get; set; }

    /// <summary>Why the frame that ended gave no result; null where it did.</summary>
    internal Exception? Failure => _failure?.SourceException;

    /// <summary>When the last run began: a reading of this machine's clock, and seconds on the virtual one (NaN where the clock is another).</summary>
    internal (long Wall, double Virtual) Started => (_started, _startedVirtual);

    internal Plan Plan => _executor.Plan;

    internal FrameProgress Progress => _progress ??= new FrameProgress(_executor.Graph, this);

    private StepLabels Labels => _executor.Labels;

    /// <summary>Where input <paramref name="index"/> is to be written before a run.</summary>
    public BufferView Input(int index) => _prepared.Input(index);

    /// <summary>Binds an input of no fixed size (text) to a buffer of its device; steps that read it are prepared again.</summary>
    /// <exception cref="InvalidOperationException">The input has a fixed size: write into <see cref="Input"/>.</exception>
    public void BindInput(int index, BufferView view) => _prepared.BindInput(index, view);

    /// <summary>Lets go of the buffers that inputs of no fixed size were bound to, so that they can be disposed.</summary>
    public void ReleaseInputs() => _prepared.ReleaseInputs();

    /// <summary>Where output <paramref name="index"/> lies after a run.</summary>
    public BufferView Output(int index) => _prepared.Output(index);

    /// <summary>The run that holds output <paramref name="index"/> when its device allocates it, and its place there; else null.</summary>
    public (DeviceRun Run, int Index)? LateOutput(int index) => _prepared.LateOutput(index);

    /// <summary>Type and true shape of output <paramref name="index"/> after a run.</summary>
    public TensorSpec OutputSpec(int index) => _prepared.OutputSpec(index);

    /// <summary>Does the plan's steps once.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between steps or inside one; the context can be used again.</exception>
    /// <exception cref="DeviceFaultException">A device reported an error; the message names the step.</exception>
    /// <exception cref="DeviceLostException">A device does not answer any more.</exception>
    public void Run(CancellationToken cancellationToken = default) => Run(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Does the plan's steps once, within a time.</summary>
    /// <param name="deadline">Time on the executor's clock from now to the last step's end; infinite for none.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="DeadlineExceededException">The time was over before the last step had ended; the context can be used again.</exception>
    /// <inheritdoc cref="Run(CancellationToken)"/>
    public void Run(TimeSpan deadline, CancellationToken cancellationToken = default)
    {
        Begin(deadline, cancellationToken);
        try
        {
            if (!_executor.Overlaps)
            {
                RunInSequence();
            }
            else if (_virtualClock is null)
            {
                RunOnTheCrew();
            }
            else
            {
                RunInVirtualTime();
            }
        }
        catch (Exception error)
        {
            Keep(error);
            throw;
        }
        finally
        {
            Finish();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _executor.Tally.Retire(_totals);
        _prepared.Dispose();
        _limit.Dispose();
        _ended?.Dispose();
    }

    /// <summary>Opens a run: its limits, its clock, its span.</summary>
    internal void Begin(TimeSpan deadline, CancellationToken cancellationToken)
    {
        _limit.Begin(deadline, cancellationToken);
        _failure = null;
        _trace.AsSpan().Fill(StepTrace.NotDone);
        _startedVirtual = _virtualClock?.ElapsedSeconds ?? double.NaN;
        _activity = RuntimeTelemetry.Source.HasListeners() ? RuntimeTelemetry.StartRun(Labels, isDetached: OnEnded is not null) : null;
        _started = Stopwatch.GetTimestamp();
    }

    /// <summary>Closes what <see cref="Begin"/> opened for a frame that never started.</summary>
    internal void Abandon()
    {
        _limit.End();
        EndSpan("The frame was dropped before its first step.");
    }

    /// <summary>Closes what <see cref="Begin"/> opened.</summary>
    internal void Finish()
    {
        _limit.End();
        EndSpan(Failure?.Message);
        if (RuntimeTelemetry.RunSeconds.Enabled)
        {
            RuntimeTelemetry.RunSeconds.Record(Stopwatch.GetElapsedTime(_started).TotalSeconds, Labels.Model);
        }
    }

    /// <summary>Does a step of a frame that stands in a queue; what goes wrong is kept for the frame's end.</summary>
    /// <param name="step">Which.</param>
    /// <param name="virtualStart">When it starts on the virtual clock; NaN where the clock is another.</param>
    /// <param name="waited">Seconds since it was ready.</param>
    /// <returns>Seconds that it took in virtual time, else 0; whether it went well.</returns>
    internal (double Seconds, bool IsWell) Do(int step, double virtualStart, double waited)
    {
        var seconds = 0.0;
        try
        {
            if (RuntimeTelemetry.QueueSeconds.Enabled)
            {
                RuntimeTelemetry.QueueSeconds.Record(waited, Labels.Device(step));
            }

            var now = Stopwatch.GetTimestamp();
            seconds = Execute(step, ref now, virtualStart);
            CheckDeadline(step, virtualStart + seconds);
            return (seconds, true);
        }
        catch (Exception error) when (Keep(error))
        {
            return (_limit.Cut(virtualStart, seconds), false);
        }
    }

    /// <summary>Keeps the first error of a frame.</summary>
    internal bool Keep(Exception error)
    {
        Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(error), null);
        return true;
    }

    /// <summary>The frame is over; whoever waits for it goes on.</summary>
    internal void End()
    {
        if (OnEnded is { } ended)
        {
            ended(this);
        }
        else
        {
            _ended?.Release();
        }
    }

    /// <summary>Waits for <see cref="End"/> and throws what went wrong.</summary>
    internal void AwaitEnd()
    {
        _ended!.Wait();
        _failure?.Throw();
    }

    private void EndSpan(string? failure)
    {
        if (_activity is { } activity)
        {
            RuntimeTelemetry.EndRun(activity, failure, isDetached: OnEnded is not null);
            _activity = null;
        }
    }

    private void RunInSequence()
    {
        var now = _started;
        var at = _startedVirtual;
        for (var i = 0; i < _trace.Length; i++)
        {
            var seconds = Execute(i, ref now, at);
            _virtualClock?.AdvanceTo(at + _limit.Cut(at, seconds));
            at += seconds;
            CheckDeadline(i, at);
        }
    }

    /// <summary>An answer that comes too late is an error, too.</summary>
    private void CheckDeadline(int step, double at)
    {
        if (_limit.HasDeadline)
        {
            _limit.Check(Plan, step, at);
        }
    }

    private void RunOnTheCrew()
    {
        _ended ??= new SemaphoreSlim(0);
        _executor.Dispatcher.RunToEnd(Progress);
    }

    private void RunInVirtualTime()
    {
        var flow = _flow ??= new VirtualFlow(_executor.Graph, _virtualClock!);
        flow.Add(Progress, _startedVirtual);
        while (!Progress.IsEnded)
        {
            flow.Step();
        }

        _virtualClock!.AdvanceTo(Progress.EndedAt);
        _failure?.Throw();
    }

    /// <param name="step">Which.</param>
    /// <param name="now">This machine's time before the step, and then after it: steps that follow each other share a reading.</param>
    /// <param name="virtualStart">When it starts on the virtual clock.</param>
    /// <returns>Seconds that it took on the virtual clock; 0 where the clock is another.</returns>
    private double Execute(int step, ref long now, double virtualStart)
    {
        _limit.Check(Plan, step, virtualStart);
        using var span = _activity is null ? null : RuntimeTelemetry.StartStep(_activity, Labels, step);
        RunStatistics statistics;
        try
        {
            statistics = _prepared.Execute(step, _limit.Token);
        }
        catch (Exception error)
        {
            var explained = error is OperationCanceledException cancelled ? _limit.Explain(Plan, step, cancelled) : error;
            span?.SetStatus(ActivityStatusCode.Error, explained.Message);
            if (ReferenceEquals(explained, error))
            {
                throw;
            }

            throw explained;
        }

        var started = now;
        now = Stopwatch.GetTimestamp();
        return Record(step, statistics, started, now, virtualStart);
    }

    private double Record(int step, in RunStatistics statistics, long started, long ended, double virtualStart)
    {
        var predicted = _executor.PredictedSeconds(step);
        ref var trace = ref _trace[step];
        trace = new StepTrace(predicted, statistics.SimulatedSeconds, (ended - started) * Ticks.Seconds, statistics.Cycles, statistics.EnergyJoules)
        {
            WallStart = (started - _started) * Ticks.Seconds,
            SimulatedStart = virtualStart - _startedVirtual,
        };
        _totals[step].Add(trace);
        if (Executor.IsObserved)
        {
            RuntimeTelemetry.RecordStep(Labels, step, trace);
        }

        return _virtualClock is null ? 0 : double.IsNaN(statistics.SimulatedSeconds) ? predicted : statistics.SimulatedSeconds;
    }
}
