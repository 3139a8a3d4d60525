using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Search;

namespace EdgeAI.Scheduling.Makespan;

/// <summary>
/// A bound by load: for weights of devices and links that sum to 1, the largest load is at least the weighted sum of all loads, and
/// that is an additive sum with scaled costs, which is minimized exactly. The weights move towards what is loaded most.
/// </summary>
internal static class LoadBound
{
    private const int Rounds = 16;
    private const long MostWork = 1 << 22;

    /// <summary>What no placement undercuts in its largest load; each round's placement is offered.</summary>
    public static double Of(DenseProblem problem, PlacementOptions options, CancellationToken cancellation, Action<byte[]>? offer = null)
    {
        var resources = new Resources(problem.Source);
        var weights = resources.Even();
        var best = 0.0;
        for (var (round, work) = (0, 0L); round < Rounds && work < MostWork && problem.ItemCount > 0; round++)
        {
            var dense = new DenseProblem(resources.Weigh(weights));
            var solution = new AdditiveSolver(dense, options, cancellation).Solve(dense.Allowed, []);
            (best, work) = (Math.Max(best, solution.Bound * (1 - 1e-12)), work + Math.Max(1, Math.Min(solution.Work, MostWork)));
            offer?.Invoke(solution.Devices);
            Resources.Shift(weights, resources.LoadsOf(problem, solution.Devices), 3.0 / (round + 3));
        }

        return best;
    }
}
