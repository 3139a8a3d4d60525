using EdgeAI.Scheduling.Elimination;
using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Segments;

namespace EdgeAI.Scheduling.Search;

/// <summary>
/// For graphs too wide for exact elimination. Message passing gives a bound and a start; then large neighborhoods are
/// solved by elimination: "each item stays or goes to one device", and "all items are free but those that would make a
/// table too large". No step makes the answer worse.
/// </summary>
internal sealed class WideSearch
{
    private const string Name = "message passing and large-neighborhood search";
    private const int NeighborhoodEntries = 1 << 12;
    private const long PassBudget = 1L << 25;
    private const int FewestPasses = 16;
    private const int MostPasses = 512;
    private const int Window = 8;
    private const double Stalled = 1e-4;

    private readonly DenseProblem _problem;
    private readonly PlacementOptions _options;
    private readonly byte[] _allowed;
    private readonly LaunchPath _path;
    private readonly CancellationToken _cancellation;
    private readonly NetworkBuilder _full;
    private readonly int[] _timesFixed;
    private byte[] _best = [];
    private double _value = double.PositiveInfinity;
    private double _bound;

    public WideSearch(DenseProblem problem, PlacementOptions options, byte[] allowed, LaunchPath path, CancellationToken cancellation)
    {
        (_problem, _options, _allowed, _path, _cancellation) = (problem, options, allowed, path, cancellation);
        _full = NetworkBuilder.Build(problem, allowed, path);
        _timesFixed = new int[_full.Network.VariableCount];
    }

    public AdditiveSolution Solve()
    {
        PassMessages();
        for (var round = 0; round < _options.ImprovementRounds && _value > _bound; round++)
        {
            var before = _value;
            for (var device = 0; device < _problem.DeviceCount; device++)
            {
                Expand(device);
            }

            Free();
            Free();
            if (_value >= before)
            {
                break;
            }
        }

        return new AdditiveSolution(_best, _value, Math.Min(_bound, _value), Name, long.MaxValue);
    }

    private void PassMessages()
    {
        var pairs = NetworkBuilder.Build(_problem, _allowed, _path, directConsumers: 1);
        var messages = new TreeReweightedBound(pairs.Network, pairs.Times());
        var labels = new byte[pairs.Network.VariableCount];
        var passes = Math.Clamp(PassBudget / messages.PassWork, FewestPasses, MostPasses);
        for (var (pass, reference) = (1, 0.0); pass <= passes && _value > _bound; pass++)
        {
            _cancellation.ThrowIfCancellationRequested();
            messages.PassForward(labels);
            Offer(pairs.DevicesOf(labels));
            _bound = Math.Max(_bound, messages.PassBackward());
            if (pass % Window == 0)
            {
                if (_bound - reference <= Stalled * _bound)
                {
                    break;
                }

                reference = _bound;
            }
        }
    }

    /// <summary>Each item keeps its device or takes one given device.</summary>
    private void Expand(int device)
    {
        var choice = new byte[_allowed.Length];
        for (var item = 0; item < choice.Length; item++)
        {
            choice[item] = (byte)(1 << _best[item] | (_allowed[item] & 1 << device));
        }

        var builder = NetworkBuilder.Build(_problem, choice, _path);
        Improve(builder, new int[builder.Network.VariableCount]);
    }

    /// <summary>All items are free but as many as keep the tables small, in turns.</summary>
    private void Free() => Improve(_full, _timesFixed);

    private void Improve(NetworkBuilder builder, int[] fixedBefore)
    {
        Offer(Neighborhood.Solve(builder, _best, NeighborhoodEntries, fixedBefore, _cancellation));
    }

    private void Offer(byte[] devices)
    {
        var cost = _problem.AdditiveCost(devices) + _path.Cost(_problem, devices);
        if (cost < _value)
        {
            (_best, _value) = (devices, cost);
        }
    }
}
