using System.Collections.Immutable;
using System.Globalization;
using EdgeAI.Graph;
using EdgeAI.Scheduling;

namespace EdgeAI.Compiler.Partitioning;

/// <summary>
/// The cost model speaks of units by themselves; a compiled segment knows better, because it prefetches and fuses. With the segments'
/// own costs placement is solved again, and what devices in a fixed order of priority would make of the model is compiled too where it might win.
/// Another plan is taken only if, compiled, it comes to less.
/// </summary>
internal sealed class SegmentFeedback
{
    private const int Host = 0;
    private const int MostRounds = 3;

    /// <summary>Equal sums that were added in another order differ by less.</summary>
    private const double Rounding = 1e-9;

    private readonly Compilation _state;
    private readonly Func<PlacementProblem, CancellationToken, bool> _tryPlace;
    private readonly Func<CancellationToken, bool> _tryCompile;
    private readonly PlacementProblem _model;
    private readonly HashSet<string> _seen = [];
    private readonly Snapshot _first;
    private Snapshot _best;
    private CompiledCosts _costs;
    private int _rounds;

    private SegmentFeedback(Compilation state, Func<PlacementProblem, CancellationToken, bool> tryPlace, Func<CancellationToken, bool> tryCompile)
    {
        (_state, _tryPlace, _tryCompile) = (state, tryPlace, tryCompile);
        _model = PlacementModel.Build(state).Problem;
        _costs = new CompiledCosts(state, _model);
        _first = _best = new Snapshot(state, Evaluate(_costs.Exact()));
    }

    private PlacementOptions Options => _state.Options.Placement;

    /// <summary>Improves a compiled placement.</summary>
    /// <param name="state">All segments are compiled.</param>
    /// <param name="tryPlace">Places with other costs; false when there is no such placement.</param>
    /// <param name="tryCompile">Partitions and compiles what was placed; false when something did not compile or does not fit.</param>
    /// <param name="cancellation">Stops between rounds.</param>
    public static void Run(Compilation state, Func<PlacementProblem, CancellationToken, bool> tryPlace, Func<CancellationToken, bool> tryCompile, CancellationToken cancellation)
    {
        if (state.Targets.Length > 1 && !state.Compiled.IsDefaultOrEmpty)
        {
            new SegmentFeedback(state, tryPlace, tryCompile).Run(cancellation);
        }
    }

    private void Run(CancellationToken cancellation)
    {
        _seen.Add(Key(_first.Placement.Devices));
        TryRounds(cancellation);
        foreach (var priority in Priorities())
        {
            TryPriority(priority, cancellation);
        }

        if (_best.How.Length > 0)
        {
            _best.Restore(_state);
            _costs = new CompiledCosts(_state, _model);
            TryRounds(cancellation);
        }

        _best.Restore(_state);
        Report();
    }

    private void TryRounds(CancellationToken cancellation)
    {
        for (var round = 0; round < MostRounds && TryAgain(cancellation); round++)
        {
        }
    }

    private bool TryAgain(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return _tryPlace(_costs.Spread(), cancellation) && _seen.Add(Key(_state.Placement!.Devices)) && Compile("", cancellation);
    }

    /// <summary>All accelerators as they are listed, each by itself, and the host alone; what they refuse goes on down the list.</summary>
    private IEnumerable<int[]> Priorities()
    {
        int[] accelerators = [.. Enumerable.Range(1, _state.Targets.Length - 1)];
        return [[.. accelerators, Host], .. accelerators.Select(device => (int[])[device, Host, .. accelerators]), [Host, .. accelerators]];
    }

    private void TryPriority(int[] priority, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        int[] devices = [.. Enumerable.Range(0, _state.Units.Length).Select(unit => priority.First(device => !_model.Costs[unit, device].IsRefused))];
        if (_seen.Add(Key(devices)) && _tryPlace(Only(devices), cancellation) && Evaluate(_costs.Optimistic()) < _best.Value)
        {
            Compile($", each unit on the first of {string.Join(", ", priority.Distinct().Select(device => _state.Targets[device].Id))} that takes it", cancellation);
        }
    }

    private PlacementProblem Only(int[] devices)
    {
        var problem = _costs.Spread();
        var others = from unit in Enumerable.Range(0, devices.Length)
                     from device in Enumerable.Range(0, _state.Targets.Length)
                     where device != devices[unit]
                     select (unit, device, DeviceCost.Refused("another device comes first"));
        return problem with { Costs = problem.Costs.With(others) };
    }

    /// <summary>True when it compiled, whether it is better or not.</summary>
    private bool Compile(string how, CancellationToken cancellation)
    {
        if (!_tryCompile(cancellation))
        {
            return false;
        }

        (_costs, _rounds) = (new CompiledCosts(_state, _model), _rounds + 1);
        var exact = _costs.Exact();
        var value = Evaluate(exact);
        _best = value < _best.Value * (1 - Rounding) && KeepsBudgets(exact) ? new Snapshot(_state, value, how) : _best;
        return true;
    }

    private bool KeepsBudgets(PlacementProblem exact) =>
        (Options.LatencyBudget is not { } seconds || Options.Objective != PlacementObjective.Energy || PlacementSolver.Evaluate(exact, _state.Placement!, PlacementObjective.AdditiveWithLaunches) <= seconds)
        && (Options.EnergyBudget is not { } joules || PlacementSolver.Evaluate(exact, _state.Placement!, PlacementObjective.Energy) <= joules);

    /// <summary>Value and bound of the certificates speak of the model, of which the first solution has the bounds.</summary>
    private void Report()
    {
        var (placement, first) = (_best.Placement, _first.Placement);
        var modelled = PlacementSolver.Evaluate(_model, placement, Options.Objective);
        var additive = PlacementSolver.Evaluate(_model, placement, PlacementObjective.Additive);
        _state.Placement = placement with
        {
            Certificate = placement.Certificate with { Value = modelled, LowerBound = Math.Min(modelled, first.Certificate.LowerBound), CompiledValue = _best.Value },
            AdditiveCertificate = placement.AdditiveCertificate with { Value = additive, LowerBound = Math.Min(additive, first.AdditiveCertificate.LowerBound) },
        };
        _state.Check = new SegmentCheck(modelled, _best.Value, _first.Value, _rounds);
        if (_best.Value < _first.Value)
        {
            _state.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"placed again: compiled, it costs {100 * (1 - (_best.Value / _first.Value)):0.#} % less than the first plan{_best.How}"));
        }
    }

    private double Evaluate(PlacementProblem problem) => PlacementSolver.Evaluate(problem, _state.Placement!, Options.Objective);

    private static string Key(IEnumerable<int> devices) => string.Join(',', devices);

    /// <summary>A compiled placement to come back to.</summary>
    private sealed class Snapshot(Compilation state, double value, string how = "")
    {
        private readonly ImmutableArray<GraphSegment> _segments = state.Segments;
        private readonly ImmutableArray<CompileSuccess> _compiled = state.Compiled;
        private readonly IReadOnlyList<Value> _values = state.PlacedValues;

        public Placement Placement { get; } = state.Placement!;

        public double Value { get; } = value;

        public string How { get; } = how;

        public void Restore(Compilation target) =>
            (target.Placement, target.Segments, target.Compiled, target.PlacedValues) = (Placement, _segments, _compiled, _values);
    }
}
