using System.Diagnostics;
using EdgeAI.Hal;
using EdgeAI.Runtime.Telemetry;

namespace EdgeAI.Runtime;

/// <summary>
/// Buffers and prepared runs for one inference at a time: write the inputs, <see cref="Run"/>, read the outputs.
/// Not thread-safe; rent one per concurrent inference.
/// </summary>
public sealed class RunContext : IDisposable
{
    private readonly Executor _executor;
    private readonly Arena[] _arenas;
    private readonly BufferView[] _views;
    private readonly PreparedStep[] _steps;
    private readonly StepTrace[] _trace;
    private readonly (DeviceRun Run, int Index)[] _late;

    internal RunContext(Executor executor)
    {
        _executor = executor;
        var plan = executor.Plan;
        _arenas = new Arena[plan.Devices.Length];
        _views = new BufferView[plan.Tensors.Length];
        _steps = new PreparedStep[plan.Steps.Length];
        _trace = new StepTrace[plan.Steps.Length];
        _late = new (DeviceRun, int)[plan.Tensors.Length];
        try
        {
            AllocateArenas(plan);
            for (var i = 0; i < _steps.Length; i++)
            {
                _steps[i] = IsWaitingForInput(plan, plan.Steps[i]) ? default : Prepare(plan, plan.Steps[i]);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What the last run's steps took; as many as the plan has steps.</summary>
    public ReadOnlySpan<StepTrace> Trace => _trace;

    /// <summary>Where input <paramref name="index"/> is to be written before a run.</summary>
    public BufferView Input(int index) => _views[_executor.Plan.Inputs[index]];

    /// <summary>Binds an input of no fixed size (text) to a buffer of its device; steps that read it are prepared again.</summary>
    /// <exception cref="InvalidOperationException">The input has a fixed size: write into <see cref="Input"/>.</exception>
    public void BindInput(int index, BufferView view)
    {
        var plan = _executor.Plan;
        var tensor = plan.Inputs[index];
        if (!plan.Tensors[tensor].IsLate)
        {
            throw new InvalidOperationException($"Input '{plan.Tensors[tensor].Spec}' has a place of its own; write into it.");
        }

        _views[tensor] = view;
        PrepareReaders(tensor);
    }

    /// <summary>Lets go of the buffers that inputs of no fixed size were bound to, so that they can be disposed.</summary>
    public void ReleaseInputs()
    {
        foreach (var tensor in _executor.Plan.Inputs)
        {
            if (_executor.Plan.Tensors[tensor].IsLate && _views[tensor].Buffer is not null)
            {
                _views[tensor] = default;
                PrepareReaders(tensor);
            }
        }
    }

    /// <summary>Where output <paramref name="index"/> lies after a run.</summary>
    public BufferView Output(int index)
    {
        var tensor = _executor.Plan.Outputs[index];
        return _late[tensor] is ({ } run, var output) ? run.Output(output) : _views[tensor];
    }

    /// <summary>The run that holds output <paramref name="index"/> when its device allocates it, and its place there; else null.</summary>
    public (DeviceRun Run, int Index)? LateOutput(int index) =>
        _late[_executor.Plan.Outputs[index]] is ({ } run, var output) ? (run, output) : null;

    /// <summary>Type and true shape of output <paramref name="index"/> after a run.</summary>
    public TensorSpec OutputSpec(int index)
    {
        var tensor = _executor.Plan.Outputs[index];
        return _late[tensor] is ({ } run, var output) ? run.OutputSpec(output) : _executor.Plan.Tensors[tensor].Spec;
    }

    /// <summary>Does the plan's steps once.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between steps or inside one; the context can be used again.</exception>
    /// <exception cref="DeviceFaultException">A device reported an error; the message names the step.</exception>
    /// <exception cref="DeviceLostException">A device does not answer any more.</exception>
    public void Run(CancellationToken cancellationToken = default)
    {
        using var activity = RuntimeTelemetry.Source.StartActivity("EdgeAI.Run");
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < _steps.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RunStep(i, cancellationToken);
        }

        RuntimeTelemetry.RunSeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var step in _steps)
        {
            step.Run?.Dispose();
        }

        foreach (var arena in _arenas)
        {
            arena?.Dispose();
        }
    }

    private void AllocateArenas(Plan plan)
    {
        for (var i = 0; i < _arenas.Length; i++)
        {
            _arenas[i] = new Arena(_executor.Device(i), plan.Devices[i].ArenaByteCount);
        }

        for (var i = 0; i < _views.Length; i++)
        {
            _views[i] = plan.Tensors[i].IsLate ? default : _arenas[plan.Tensors[i].Device].View(plan.Tensors[i]);
        }
    }

    /// <summary>Steps that read a tensor follow it: prepared again, or waiting while some input is not bound.</summary>
    private void PrepareReaders(int tensor)
    {
        var plan = _executor.Plan;
        for (var i = 0; i < _steps.Length; i++)
        {
            if (plan.Steps[i] is RunStep run && run.Inputs.Contains(tensor))
            {
                _steps[i].Run?.Dispose();
                _steps[i] = default;
                _steps[i] = IsWaitingForInput(plan, run) ? default : Prepare(plan, run);
            }
        }
    }

    private PreparedStep Prepare(Plan plan, PlanStep step)
    {
        if (step is CopyStep copy)
        {
            return new PreparedStep(null, new BufferCopy(_views[copy.From], _views[copy.To]), step.Predicted);
        }

        var runStep = (RunStep)step;
        var run = _executor.Loaded(runStep.Executable).Prepare(Views(runStep.Inputs), Views(runStep.Outputs));
        for (var i = 0; i < runStep.Outputs.Length; i++)
        {
            if (plan.Tensors[runStep.Outputs[i]].IsLate)
            {
                _late[runStep.Outputs[i]] = (run, i);
            }
        }

        return new PreparedStep(run, null, step.Predicted);
    }

    private bool IsWaitingForInput(Plan plan, PlanStep step) =>
        step is RunStep run && run.Inputs.Any(tensor => plan.Tensors[tensor].IsLate && plan.Inputs.Contains(tensor) && _views[tensor].Buffer is null);

    private BufferView[] Views(IEnumerable<int> tensors) => [.. tensors.Select(tensor => _views[tensor])];

    private void RunStep(int index, CancellationToken cancellationToken)
    {
        ref readonly var step = ref _steps[index];
        var started = Stopwatch.GetTimestamp();
        var statistics = RunStatistics.None;
        try
        {
            if (step.Run is { } run)
            {
                statistics = run.Execute(cancellationToken);
            }
            else if (step.Copy is { } copy)
            {
                copy.Execute();
            }
            else
            {
                throw new TensorMismatchException($"{Place(index)}: an input of no fixed size is not bound; expected {nameof(BindInput)} before the run.");
            }
        }
        catch (DeviceFaultException fault)
        {
            throw new DeviceFaultException($"{Place(index)}: {fault.Message}", fault);
        }
        catch (DeviceLostException lost)
        {
            throw new DeviceLostException($"{Place(index)}: {lost.Message}", lost);
        }

        Record(index, step.Predicted, statistics, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private void Record(int index, PredictedCost predicted, RunStatistics statistics, double wallSeconds)
    {
        _trace[index] = new StepTrace(predicted.Seconds, statistics.SimulatedSeconds, wallSeconds, statistics.Cycles, statistics.EnergyJoules);
        RuntimeTelemetry.StepSeconds.Record(wallSeconds);
        if (_executor.Clock is VirtualClock clock)
        {
            clock.Advance(double.IsNaN(statistics.SimulatedSeconds) ? predicted.Seconds : statistics.SimulatedSeconds);
        }
    }

    private string Place(int index)
    {
        var step = _executor.Plan.Steps[index];
        return $"Step {index} on {PlanText.DeviceOf(_executor.Plan, step)} ({PlanText.Describe(_executor.Plan, step)})";
    }

    private readonly record struct PreparedStep(DeviceRun? Run, BufferCopy? Copy, PredictedCost Predicted);
}

/// <summary>A copy between two devices with what it needs ready: directly where the host sees both, else through a block.</summary>
internal sealed unsafe class BufferCopy
{
    private const int BlockByteCount = 64 * 1024;

    private readonly BufferView _from;
    private readonly BufferView _to;
    private readonly byte[] _block;

    public BufferCopy(BufferView from, BufferView to)
    {
        (_from, _to) = (from, to);
        _block = IsDirect ? [] : new byte[BlockByteCount];
    }

    private bool IsDirect => _from.HostAddress != 0 && _to.HostAddress != 0;

    public void Execute()
    {
        if (IsDirect)
        {
            Buffer.MemoryCopy((void*)_from.HostAddress, (void*)_to.HostAddress, _to.ByteCount, _from.ByteCount);
            return;
        }

        for (long done = 0; done < _from.ByteCount; done += BlockByteCount)
        {
            var part = _block.AsSpan(0, (int)Math.Min(BlockByteCount, _from.ByteCount - done));
            _from.Buffer!.Read(_from.Offset + done, part);
            _to.Buffer!.Write(_to.Offset + done, part);
        }
    }
}
