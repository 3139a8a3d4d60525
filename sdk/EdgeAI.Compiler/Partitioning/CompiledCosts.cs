using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Scheduling;

namespace EdgeAI.Compiler.Partitioning;

/// <summary>What the compiled segments of a placement cost, said as placement problems: the model with other costs of items.</summary>
internal sealed class CompiledCosts
{
    private const int Host = 0;

    /// <summary>What prefetch and fusion may leave of the units' sum where no segment has shown more yet.</summary>
    private const double PlausiblyLeast = 0.5;

    private readonly Compilation _state;
    private readonly PlacementProblem _model;
    private readonly Placement _placement;
    private readonly ImmutableArray<CompileSuccess> _compiled;
    private readonly double[] _modelled;
    private readonly double[] _borders;

    public CompiledCosts(Compilation state, PlacementProblem model)
    {
        (_state, _model, _placement, _compiled) = (state, model, state.Placement!, state.Compiled);
        _modelled = [.. _placement.Segments.Select(segment => segment.Items.Sum(unit => model.Costs[unit, segment.Device].Value))];
        _borders = BorderSeconds();
    }

    /// <summary>What this placement itself comes to. Each segment's cost stands whole at its first unit, and copies are only copies, so that nothing is counted twice or lost.</summary>
    public PlacementProblem Exact() => _model with
    {
        Links = PlacementModel.Links(_state, hasBorders: false),
        Costs = _model.Costs.With(_placement.Segments.SelectMany((segment, index) => segment.Items.Select((unit, position) => (unit, segment.Device, At(unit, segment.Device, position == 0 ? Seconds(index) : 0))))),
    };

    /// <summary>
    /// What other placements may come to: the units of compiled segments scaled so that they sum to what their segment costs without its
    /// borders, the device's other units by what its segments come to on the whole.
    /// </summary>
    public PlacementProblem Spread()
    {
        var scales = new double?[_state.Units.Length, _state.Targets.Length];
        foreach (var index in Measured())
        {
            foreach (var unit in _placement.Segments[index].Items)
            {
                scales[unit, _placement.Segments[index].Device] = Inside(index) / _modelled[index];
            }
        }

        var whole = PerDevice(segments => segments.Sum(Inside) / segments.Sum(index => _modelled[index]));
        return Scaled((unit, device) => scales[unit, device] ?? whole[device] ?? 1);
    }

    /// <summary>
    /// What a placement hardly undercuts when it is compiled: all units of a device scaled like its best segment or by half, nothing for those of a
    /// device that has none yet, for which nothing speaks but the model, and borders for nothing.
    /// </summary>
    public PlacementProblem Optimistic()
    {
        var least = PerDevice(segments => segments.Min(index => Math.Min(1, Seconds(index) / (_modelled[index] + _borders[index]))));
        return Scaled((_, device) => device == Host ? 1 : Math.Min(PlausiblyLeast, least[device] ?? 0)) with { Links = PlacementModel.Links(_state, hasBorders: false) };
    }

    /// <summary>Segments of which the target knows what they cost, and the model that they cost something.</summary>
    private IEnumerable<int> Measured() => Enumerable.Range(0, _compiled.Length).Where(index => _compiled[index].Cost is not null && _modelled[index] > 0);

    /// <summary>A figure of each device's measured segments; null where it has none.</summary>
    private double?[] PerDevice(Func<IReadOnlyCollection<int>, double> figure)
    {
        var segments = Measured().ToLookup(index => _placement.Segments[index].Device);
        return [.. Enumerable.Range(0, _state.Targets.Length).Select(device => segments.Contains(device) ? figure([.. segments[device]]) : (double?)null)];
    }

    private double Seconds(int segment) => _compiled[segment].Cost?.Seconds ?? (_modelled[segment] + _borders[segment]);

    private double Inside(int segment) => Math.Max(0, Seconds(segment) - _borders[segment]);

    private PlacementProblem Scaled(Func<int, int, double> factor) => _model with
    {
        Costs = _model.Costs.With(
            from unit in Enumerable.Range(0, _state.Units.Length)
            from device in Enumerable.Range(0, _state.Targets.Length)
            select (unit, device, At(unit, device, _model.Costs[unit, device].Value * factor(unit, device)))),
    };

    private DeviceCost At(int unit, int device, double seconds) => _model.Costs[unit, device].With(seconds);

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

    private int DeviceOf(int segment) => _placement.Segments[segment].Device;

    private double Border(int device, Value value) => _state.Targets[device].BorderSecondsPerByte * PlacementModel.ByteCount(value);
}
