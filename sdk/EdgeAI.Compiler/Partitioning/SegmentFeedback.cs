using System.Collections.Immutable;
using System.Globalization;
using EdgeAI.Graph;
using EdgeAI.Scheduling;

namespace EdgeAI.Compiler.Partitioning;

/// <summary>
/// The cost model speaks of units by themselves; a compiled segment knows better, because it prefetches and fuses. With the segments'
/// own costs spread over their units, and what the device's segments come to on the whole assumed for its other units, placement is
/// solved again; another plan is taken only if, compiled, it comes to less.
/// </summary>
internal sealed class SegmentFeedback
{
    private const int Host = 0;
    private const int MostRounds = 3;
    private const double Worthwhile = 1e-3;

    private readonly Compilation _state;
    private readonly Func<PlacementProblem, CancellationToken, bool> _tryPlace;
    private readonly HashSet<string> _seen = [];

    private SegmentFeedback(Compilation state, Func<PlacementProblem, CancellationToken, bool> tryPlace) => (_state, _tryPlace) = (state, tryPlace);

    private PlacementObjective Objective => _state.Options.Placement.Objective;

    /// <summary>Improves a compiled placement.</summary>
    /// <param name="state">All segments are compiled.</param>
    /// <param name="tryPlace">Places, partitions and compiles with other costs; false when something did not compile.</param>
    /// <param name="cancellation">Stops between rounds.</param>
    public static void Run(Compilation state, Func<PlacementProblem, CancellationToken, bool> tryPlace, CancellationToken cancellation) =>
        new SegmentFeedback(state, tryPlace).Run(cancellation);

    private void Run(CancellationToken cancellation)
    {
        if (_state.Compiled.IsDefaultOrEmpty || !_state.Compiled.Any(compiled => compiled.Cost is not null))
        {
            return;
        }

        var model = PlacementModel.Build(_state).Problem;
        var problem = Calibrate(model);
        var best = new Snapshot(_state, Evaluate(problem));
        var (first, rounds) = (best, 0);
        _seen.Add(Key());
        for (; rounds < MostRounds; rounds++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!_tryPlace(problem, cancellation) || !_seen.Add(Key()))
            {
                break;
            }

            problem = Calibrate(model);
            var value = Evaluate(problem);
            best = value < best.Value * (1 - Worthwhile) ? new Snapshot(_state, value) : best;
        }

        best.Restore(_state);
        Report(model, first, best, rounds);
    }

    private void Report(PlacementProblem model, Snapshot first, Snapshot best, int rounds)
    {
        var modelled = PlacementSolver.Evaluate(model, best.Placement, Objective);
        var certificate = best.Placement.Certificate with { Value = modelled, LowerBound = Math.Min(modelled, first.Placement.Certificate.LowerBound), CompiledValue = best.Value };
        _state.Placement = best.Placement with { Certificate = certificate };
        _state.Check = new SegmentCheck(modelled, best.Value, first.Value, rounds);
        if (best.Value < first.Value)
        {
            _state.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"placed again with the costs of compiled segments: {first.Value:g4} became {best.Value:g4}"));
        }
    }

    private double Evaluate(PlacementProblem problem) => PlacementSolver.Evaluate(problem, _state.Placement!, Objective);

    private string Key() => string.Join(',', _state.Placement!.Devices);

    /// <summary>The model with the units of compiled segments scaled so that they sum to what their segment costs.</summary>
    private PlacementProblem Calibrate(PlacementProblem model)
    {
        var changes = new List<(int, int, DeviceCost)>();
        var (modelled, compiled) = (new double[_state.Targets.Length], new double[_state.Targets.Length]);
        var measured = new HashSet<(int Unit, int Device)>();
        var borders = BorderSeconds();
        for (var index = 0; index < _state.Compiled.Length; index++)
        {
            if (_state.Compiled[index].Cost is not { } cost)
            {
                continue;
            }

            var (device, units) = (_state.Placement!.Segments[index].Device, _state.Placement.Segments[index].Items);
            var sum = units.Sum(unit => model.Costs[unit, device].Value);
            var inside = Math.Max(0, cost.Seconds - borders[index]);
            (modelled[device], compiled[device]) = (modelled[device] + sum, compiled[device] + inside);
            foreach (var unit in units.Where(_ => sum > 0))
            {
                measured.Add((unit, device));
                changes.Add((unit, device, Scaled(model, unit, device, inside / sum)));
            }
        }

        for (var unit = 0; unit < _state.Units.Length; unit++)
        {
            for (var device = 0; device < _state.Targets.Length; device++)
            {
                if (modelled[device] > 0 && !measured.Contains((unit, device)))
                {
                    changes.Add((unit, device, Scaled(model, unit, device, compiled[device] / modelled[device])));
                }
            }
        }

        return model with { Costs = model.Costs.With(changes) };
    }

    private static DeviceCost Scaled(PlacementProblem model, int unit, int device, double factor) =>
        model.Costs[unit, device].With(model.Costs[unit, device].Value * factor);

    /// <summary>
    /// By segment, what placement counts with the copies and the compiled segment holds already: a value comes to a device once, for the first
    /// segment that reads it there, and leaves its maker's once, for the first other device or the caller. What stays on a device is not copied.
    /// </summary>
    private double[] BorderSeconds()
    {
        var seconds = new double[_state.Segments.Length];
        var makers = _state.Segments.SelectMany(segment => segment.Outputs.Select(output => (output, segment.Index))).ToDictionary(pair => pair.output, pair => pair.Index);
        var (here, left) = (new HashSet<(Value, int)>(), new HashSet<Value>());
        foreach (var (segment, input) in _state.Segments.SelectMany(segment => segment.Inputs.Select(input => (segment.Index, input))))
        {
            if (DeviceOf(segment) is var device && DeviceOfMaker(input) != device && here.Add((input, device)))
            {
                seconds[segment] += Border(device, input);
                Leave(input);
            }
        }

        foreach (var output in _state.Model.Graph.Outputs.Where(output => DeviceOfMaker(output) != Host))
        {
            Leave(output);
        }

        return seconds;

        int DeviceOfMaker(Value value) => makers.TryGetValue(value, out var maker) ? DeviceOf(maker) : Host;

        void Leave(Value value)
        {
            if (makers.TryGetValue(value, out var maker) && left.Add(value))
            {
                seconds[maker] += Border(DeviceOf(maker), value);
            }
        }
    }

    private int DeviceOf(int segment) => _state.Placement!.Segments[segment].Device;

    private double Border(int device, Value value) => _state.Targets[device].BorderSecondsPerByte * PlacementModel.ByteCount(value);

    /// <summary>A compiled placement to come back to.</summary>
    private sealed class Snapshot(Compilation state, double value)
    {
        private readonly ImmutableArray<GraphSegment> _segments = state.Segments;
        private readonly ImmutableArray<CompileSuccess> _compiled = state.Compiled;
        private readonly IReadOnlyList<Value> _values = state.PlacedValues;

        public Placement Placement { get; } = state.Placement!;

        public double Value { get; } = value;

        public void Restore(Compilation target) =>
            (target.Placement, target.Segments, target.Compiled, target.PlacedValues) = (Placement, _segments, _compiled, _values);
    }
}
