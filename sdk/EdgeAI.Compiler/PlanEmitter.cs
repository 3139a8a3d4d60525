using System.Collections.Immutable;
using EdgeAI.Compiler.Memory;
using EdgeAI.Compiler.Partitioning;
using EdgeAI.Compiler.Targets.Onnx;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Runtime;
using EdgeAI.Scheduling;

namespace EdgeAI.Compiler;

/// <summary>Turns placed and compiled segments into a plan: steps, copies, a place for every tensor, and only the devices in use.</summary>
internal sealed class PlanEmitter
{
    private readonly Compilation _state;
    private readonly Placement _placement;
    private readonly List<PlanStep> _steps = [];
    private readonly List<(Value Value, int Device)> _places = [];
    private readonly Dictionary<(Value Value, int Device), int> _tensors = [];
    private readonly Dictionary<int, string> _names = [];

    private readonly ImmutableArray<int> _used;

    private PlanEmitter(Compilation state)
    {
        (_state, _placement) = (state, state.Placement!);
        _used = [.. _placement.Segments.Select(segment => segment.Device).Append(0).Distinct().Order()];
    }

    /// <summary>The plan of a compilation whose segments have all compiled.</summary>
    public static Plan Emit(Compilation state) => new PlanEmitter(state).Run();

    /// <summary>Bytes that the values of one frame take on each target.</summary>
    public static long[] Arenas(Compilation state)
    {
        var emitter = new PlanEmitter(state);
        var (inputs, outputs) = emitter.AddSteps();
        return emitter.PlaceTensors(inputs, outputs).Arenas;
    }

    private (ImmutableArray<int> Inputs, ImmutableArray<int> Outputs) AddSteps()
    {
        var graph = _state.Model.Graph;
        ImmutableArray<int> inputs = [.. graph.Inputs.Select(value => Tensor(value, 0))];
        foreach (var segment in _state.Segments)
        {
            AddCopies(segment.Index);
            AddRun(segment);
        }

        AddCopies(_state.Segments.Length);
        return (inputs, [.. graph.Outputs.Select(value => Tensor(value, 0))]);
    }

    private Plan Run()
    {
        var (inputs, outputs) = AddSteps();
        for (var i = 0; i < outputs.Length; i++)
        {
            _names[outputs[i]] = _state.OutputNames[i];
        }

        var (tensors, arenas) = PlaceTensors(inputs, outputs);
        MemoryLimit.Check(_state, tensors, arenas);
        return new Plan(
            _state.Name, _state.Options.Profile.Name,
            [.. _used.Select(target => new PlanDevice(_state.Targets[target].Id, arenas[target]))],
            tensors, [.. _state.Segments.Select(Executable)], [.. _steps], inputs, outputs, PlanReporter.Report(_state));
    }

    private int Tensor(Value value, int device)
    {
        if (!_tensors.TryGetValue((value, device), out var index))
        {
            _tensors[(value, device)] = index = _places.Count;
            _places.Add((value, device));
        }

        return index;
    }

    private void AddCopies(int beforeSegment)
    {
        foreach (var transfer in _placement.Transfers.Where(transfer => transfer.BeforeSegment == beforeSegment))
        {
            var value = _state.PlacedValues[transfer.Value];
            var link = _state.Options.Profile.Link(_state.Targets[Math.Max(transfer.From, transfer.To)].Id);
            var bytes = value.Tensor!.Element.ByteCount(value.Shape.ElementCount);
            _steps.Add(new CopyStep(Tensor(value, transfer.From), Tensor(value, transfer.To), new PredictedCost(link.LatencySeconds + (bytes / link.BytesPerSecond), bytes * link.JoulesPerByte, bytes)));
        }
    }

    private void AddRun(GraphSegment segment)
    {
        var device = _placement.Segments[segment.Index].Device;
        _steps.Add(new RunStep(
            segment.Index,
            [.. segment.Inputs.Select(value => Tensor(value, device))],
            [.. segment.Outputs.Select(value => Tensor(value, device))],
            Predicted(segment, device)));
    }

    /// <summary>The compiled segment's own cost where its target knows it (fusion and prefetch make it less than the sum), else the sum.</summary>
    private PredictedCost Predicted(GraphSegment segment, int device)
    {
        var units = segment.Units.Select(unit => _state.Answers[unit.Index, device].Cost).ToList();
        var cost = _state.Compiled[segment.Index].Cost
            ?? new UnitCost(units.Sum(unit => unit.Seconds), units.Sum(unit => unit.EnergyJoules), units.Sum(unit => unit.BytesMoved));
        var launch = _state.Options.Profile.LaunchSeconds(_state.Targets[device].Id);
        return new PredictedCost(cost.Seconds + launch, cost.EnergyJoules, cost.BytesMoved);
    }

    private PlanExecutable Executable(GraphSegment segment) => new(
        _state.Compiled[segment.Index].Executable,
        _used.IndexOf(_placement.Segments[segment.Index].Device),
        [.. segment.Nodes.Select(node => node.Name)]);

    private (ImmutableArray<PlanTensor> Tensors, long[] Arenas) PlaceTensors(ImmutableArray<int> inputs, ImmutableArray<int> outputs)
    {
        var lifetimes = Lifetimes(inputs, outputs);
        var offsets = new long[_places.Count];
        var arenas = new long[_state.Targets.Length];
        for (var device = 0; device < arenas.Length; device++)
        {
            var here = Enumerable.Range(0, _places.Count).Where(index => _places[index].Device == device && Spec(index).HasByteCount).ToList();
            var requests = here.Select(index => new BufferRequest(index, lifetimes[index].First, lifetimes[index].Last + 1, Spec(index).ByteCount, HostBuffer.Alignment));
            var plan = BufferPlanner.Solve(new BufferPlanProblem([.. requests]));
            arenas[device] = plan.Height;
            for (var i = 0; i < here.Count; i++)
            {
                offsets[here[i]] = plan.Offsets[i];
            }
        }

        return ([.. _places.Select((place, index) => new PlanTensor(Spec(index), _used.IndexOf(place.Device), Spec(index).HasByteCount ? offsets[index] : -1))], arenas);
    }

    private TensorSpec Spec(int index) =>
        SegmentModel.Spec(_places[index].Value) is var spec && _names.TryGetValue(index, out var name) ? spec with { Name = name } : spec;

    /// <summary>First and last step that need each tensor. Inputs keep their place to the end: what was written once can be run twice.</summary>
    private (int First, int Last)[] Lifetimes(ImmutableArray<int> inputs, ImmutableArray<int> outputs)
    {
        var lifetimes = new (int First, int Last)[_places.Count];
        Array.Fill(lifetimes, (int.MaxValue, -1));
        foreach (var input in inputs)
        {
            Touch(lifetimes, input, 0);
            Touch(lifetimes, input, _steps.Count);
        }

        for (var step = 0; step < _steps.Count; step++)
        {
            foreach (var tensor in Tensors(_steps[step]))
            {
                Touch(lifetimes, tensor, step);
            }
        }

        foreach (var output in outputs)
        {
            Touch(lifetimes, output, _steps.Count);
        }

        return lifetimes;
    }

    private static IEnumerable<int> Tensors(PlanStep step) => step switch
    {
        RunStep run => run.Inputs.Concat(run.Outputs),
        CopyStep copy => [copy.From, copy.To],
        _ => [],
    };

    private static void Touch((int First, int Last)[] lifetimes, int tensor, int step) =>
        lifetimes[tensor] = (Math.Min(lifetimes[tensor].First, step), Math.Max(lifetimes[tensor].Last, step));
}
