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

    private readonly DenseProblem problem;
    private readonly PlacementOptions options;
    private readonly byte[] allowed;
    private readonly int[] path;
    private readonly CancellationToken cancellation;
    private readonly NetworkBuilder full;
    private readonly int[] timesFixed;
    private byte[] best = [];
    private double value = double.PositiveInfinity;
    private double bound;

    public WideSearch(DenseProblem problem, PlacementOptions options, byte[] allowed, int[] path, CancellationToken cancellation)
    {
        (this.problem, this.options, this.allowed, this.path, this.cancellation) = (problem, options, allowed, path, cancellation);
        full = NetworkBuilder.Build(problem, allowed, path);
        timesFixed = new int[full.Network.VariableCount];
    }

    public AdditiveSolution Solve()
    {
        PassMessages();
        for (var round = 0; round < options.ImprovementRounds && value > bound; round++)
        {
            var before = value;
            for (var device = 0; device < problem.DeviceCount; device++)
            {
                Expand(device);
            }

            Free();
            Free();
            if (value >= before)
            {
                break;
            }
        }

        return new AdditiveSolution(best, value, Math.Min(bound, value), Name, long.MaxValue);
    }

    private void PassMessages()
    {
        var pairs = NetworkBuilder.Build(problem, allowed, path, directConsumers: 1);
        var messages = new TreeReweightedBound(pairs.Network, pairs.Times());
        var labels = new byte[pairs.Network.VariableCount];
        var passes = Math.Clamp(PassBudget / messages.PassWork, FewestPasses, MostPasses);
        for (var (pass, reference) = (1, 0.0); pass <= passes && value > bound; pass++)
        {
            cancellation.ThrowIfCancellationRequested();
            messages.PassForward(labels);
            Offer(pairs.DevicesOf(labels));
            bound = Math.Max(bound, messages.PassBackward());
            if (pass % Window == 0)
            {
                if (bound - reference <= Stalled * bound)
                {
                    break;
                }

                reference = bound;
            }
        }
    }

    /// <summary>Each item keeps its device or takes one given device.</summary>
    private void Expand(int device)
    {
        var choice = new byte[allowed.Length];
        for (var item = 0; item < choice.Length; item++)
        {
            choice[item] = (byte)(1 << best[item] | (allowed[item] & 1 << device));
        }

        var builder = NetworkBuilder.Build(problem, choice, path);
        Improve(builder, new int[builder.Network.VariableCount]);
    }

    /// <summary>All items are free but as many as keep the tables small, in turns.</summary>
    private void Free() => Improve(full, timesFixed);

    private void Improve(NetworkBuilder builder, int[] fixedBefore)
    {
        Offer(Neighborhood.Solve(builder, best, NeighborhoodEntries, fixedBefore, cancellation));
    }

    private void Offer(byte[] devices)
    {
        var cost = problem.AdditiveCost(devices) + LaunchPath.Cost(problem, devices, path);
        if (cost < value)
        {
            (best, value) = (devices, cost);
        }
    }
}
