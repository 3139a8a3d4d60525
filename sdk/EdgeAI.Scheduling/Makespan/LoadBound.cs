using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Search;
using EdgeAI.Scheduling.Segments;

namespace EdgeAI.Scheduling.Makespan;

/// <summary>
/// A bound by load: for weights of devices and links that sum to 1, the largest load is at least the weighted sum of all loads, and
/// that is an additive sum with scaled costs, which is minimized exactly. The weights move towards what is loaded most.
/// </summary>
internal static class LoadBound
{
    private const int Rounds = 24;
    private const int PathRounds = 4;
    private const long MostWork = 1 << 23;

    /// <summary>What no placement undercuts in its largest load; each round's placement is offered.</summary>
    public static double Of(DenseProblem problem, PlacementOptions options, CancellationToken cancellation, Action<byte[]>? offer = null)
    {
        var resources = new Resources(problem.Source);
        var (weights, path, best) = (resources.Even(), LaunchPath.None, 0.0);
        for (var (round, work) = (0, 0L); round < Rounds && work < MostWork && problem.ItemCount > 0; round++)
        {
            var dense = new DenseProblem(resources.Weigh(weights));
            var solution = new AdditiveSolver(dense, options, cancellation).Solve(dense.Allowed, path);
            (best, work) = (Math.Max(best, solution.Bound * (1 - 1e-12)), work + Math.Max(1, Math.Min(solution.Work, MostWork)));
            offer?.Invoke(solution.Devices);
            Resources.Shift(weights, LoadsOf(problem, resources, path, solution.Devices), 3.0 / (round + 3));
            path = round % PathRounds == 0 ? LaunchPath.Separate(problem, solution.Devices) : path;
        }

        return best;
    }

    /// <summary>Loads with the launches along the paths, which every order has.</summary>
    private static double[] LoadsOf(DenseProblem problem, Resources resources, LaunchPath path, byte[] devices)
    {
        var loads = resources.LoadsOf(problem, devices);
        Span<int> launches = stackalloc int[PlacementProblem.MaxDevices];
        path.Count(devices, launches);
        for (var device = 0; device < problem.DeviceCount; device++)
        {
            loads[device] += launches[device] * problem.Launch[device];
        }

        return loads;
    }
}
