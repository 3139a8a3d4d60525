using EdgeAI.Hal;

namespace EdgeAI.Runtime.Execution;

/// <summary>The buffers of one frame and the plan's steps bound to them.</summary>
internal sealed class PreparedPlan : IDisposable
{
    private readonly Executor _executor;
    private readonly Arena[] _arenas;
    private readonly BufferView[] _views;
    private readonly PreparedStep[] _steps;
    private readonly (DeviceRun Run, int Index)[] _late;

    public PreparedPlan(Executor executor)
    {
        _executor = executor;
        _arenas = new Arena[Plan.Devices.Length];
        _views = new BufferView[Plan.Tensors.Length];
        _steps = new PreparedStep[Plan.Steps.Length];
        _late = new (DeviceRun, int)[Plan.Tensors.Length];
        try
        {
            AllocateArenas();
            for (var i = 0; i < _steps.Length; i++)
            {
                _steps[i] = IsWaitingForInput(Plan.Steps[i]) ? default : Prepare(Plan.Steps[i]);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private Plan Plan => _executor.Plan;

    public BufferView Input(int index) => _views[Plan.Inputs[index]];

    /// <exception cref="InvalidOperationException">The input has a fixed size.</exception>
    public void BindInput(int index, BufferView view)
    {
        var tensor = Plan.Inputs[index];
        if (!Plan.Tensors[tensor].IsLate)
        {
            throw new InvalidOperationException($"Input '{Plan.Tensors[tensor].Spec}' has a place of its own; write into it.");
        }

        _views[tensor] = view;
        PrepareReaders(tensor);
    }

    public void ReleaseInputs()
    {
        foreach (var tensor in Plan.Inputs)
        {
            if (Plan.Tensors[tensor].IsLate && _views[tensor].Buffer is not null)
            {
                _views[tensor] = default;
                PrepareReaders(tensor);
            }
        }
    }

    public BufferView Output(int index)
    {
        var tensor = Plan.Outputs[index];
        return _late[tensor] is ({ } run, var output) ? run.Output(output) : _views[tensor];
    }

    public (DeviceRun Run, int Index)? LateOutput(int index) =>
        _late[Plan.Outputs[index]] is ({ } run, var output) ? (run, output) : null;

    public TensorSpec OutputSpec(int index)
    {
        var tensor = Plan.Outputs[index];
        return _late[tensor] is ({ } run, var output) ? run.OutputSpec(output) : Plan.Tensors[tensor].Spec;
    }

    /// <summary>Does one step; device errors name it.</summary>
    public RunStatistics Execute(int index, CancellationToken cancellationToken)
    {
        ref readonly var step = ref _steps[index];
        try
        {
            if (step.Run is { } run)
            {
                return run.Execute(cancellationToken);
            }

            if (step.Copy is not { } copy)
            {
                throw new TensorMismatchException($"{StepFailure.Name(Plan, index)}: an input of no fixed size is not bound; expected {nameof(BindInput)} before the run.");
            }

            copy.Execute();
            return RunStatistics.None;
        }
        catch (Exception error) when (StepFailure.Concerns(error))
        {
            throw StepFailure.At(Plan, index, error);
        }
    }

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

    private void AllocateArenas()
    {
        for (var i = 0; i < _arenas.Length; i++)
        {
            _arenas[i] = new Arena(_executor.Device(i), Plan.Devices[i].ArenaByteCount);
        }

        for (var i = 0; i < _views.Length; i++)
        {
            _views[i] = Plan.Tensors[i].IsLate ? default : _arenas[Plan.Tensors[i].Device].View(Plan.Tensors[i]);
        }
    }

    /// <summary>Steps that read a tensor follow it: prepared again, or waiting while some input is not bound.</summary>
    private void PrepareReaders(int tensor)
    {
        for (var i = 0; i < _steps.Length; i++)
        {
            if (Plan.Steps[i] is RunStep run && run.Inputs.Contains(tensor))
            {
                _steps[i].Run?.Dispose();
                _steps[i] = default;
                _steps[i] = IsWaitingForInput(run) ? default : Prepare(run);
            }
        }
    }

    private PreparedStep Prepare(PlanStep step)
    {
        if (step is CopyStep copy)
        {
            return new PreparedStep(null, new BufferCopy(_views[copy.From], _views[copy.To]));
        }

        var runStep = (RunStep)step;
        var run = _executor.Loaded(runStep.Executable).Prepare(Views(runStep.Inputs), Views(runStep.Outputs));
        for (var i = 0; i < runStep.Outputs.Length; i++)
        {
            if (Plan.Tensors[runStep.Outputs[i]].IsLate)
            {
                _late[runStep.Outputs[i]] = (run, i);
            }
        }

        return new PreparedStep(run, null);
    }

    private bool IsWaitingForInput(PlanStep step) =>
        step is RunStep run && run.Inputs.Any(tensor => Plan.Tensors[tensor].IsLate && Plan.Inputs.Contains(tensor) && _views[tensor].Buffer is null);

    private BufferView[] Views(IEnumerable<int> tensors) => [.. tensors.Select(tensor => _views[tensor])];

    private readonly record struct PreparedStep(DeviceRun? Run, BufferCopy? Copy);
}
