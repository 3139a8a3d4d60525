using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Makespan;

/// <summary>
/// A bound for a block that is too large to search: chains of dependences from source to sink, and for any weights of the
/// devices that sum to 1 the weighted load, each item on the device where it weighs least.
/// </summary>
internal static class BlockBound
{
    private const int Rounds = 24;

    public static BlockAnswer Of(DenseProblem problem, Block block, int source, int sink) =>
        new(Math.Max(Path(problem, block, source, sink), Load(problem, block, sink).Bound), double.PositiveInfinity, []);

    private static bool HasSink(DenseProblem problem, Block block) => block.Sink < problem.ItemCount;

    private static double Path(DenseProblem problem, Block block, int source, int sink)
    {
        var last = HasSink(problem, block) ? block.Sink : block.Sink - 1;
        var ends = new double[(last - block.First + 1) * problem.DeviceCount];
        var bound = 0.0;
        for (var item = block.First; item <= last; item++)
        {
            var least = double.PositiveInfinity;
            for (var device = 0; device < problem.DeviceCount; device++)
            {
                var isBarred = item == block.Sink && device != sink;
                var end = isBarred ? double.PositiveInfinity : problem.ItemCost(item, device) + Start(problem, block, item, device, source, ends);
                ends[((item - block.First) * problem.DeviceCount) + device] = end;
                least = Math.Min(least, end);
            }

            bound = Math.Max(bound, least);
        }

        return bound;
    }

    private static double Start(DenseProblem problem, Block block, int item, int device, int source, double[] ends)
    {
        var start = block.Source < 0 ? problem.Launch[device] : 0;
        foreach (var value in problem.ValuesOf[item])
        {
            var producer = problem.Producer[value];
            if (producer != item && (producer >= block.Source || block.Source < 0))
            {
                start = Math.Max(start, Arrival(problem, block, value, device, source, ends));
            }
        }

        return start;
    }

    private static double Arrival(DenseProblem problem, Block block, int value, int device, int source, double[] ends)
    {
        var producer = problem.Producer[value];
        if (producer < block.First)
        {
            var from = producer < 0 ? problem.Host : source;
            return from == device && producer >= 0 ? 0 : problem.Launch[device] + (from == device ? 0 : problem.CopyCost(value, from, 1 << device));
        }

        var least = double.PositiveInfinity;
        for (var from = 0; from < problem.DeviceCount; from++)
        {
            var change = from == device ? 0 : problem.CopyCost(value, from, 1 << device) + problem.Launch[device];
            least = Math.Min(least, ends[((producer - block.First) * problem.DeviceCount) + from] + change);
        }

        return least;
    }

    /// <summary>The largest weighted load that was found, and its weights.</summary>
    public static (double Bound, double[] Weights) Load(DenseProblem problem, Block block, int sink)
    {
        var last = HasSink(problem, block) ? block.Sink : block.Sink - 1;
        var weights = new double[problem.DeviceCount];
        Array.Fill(weights, 1.0 / weights.Length);
        var (best, heaviest, loads) = (0.0, (double[])weights.Clone(), new double[weights.Length]);
        for (var round = 0; round < Rounds; round++)
        {
            Array.Clear(loads);
            var sum = 0.0;
            for (var item = block.First; item <= last; item++)
            {
                var device = item == block.Sink ? sink : Lightest(problem, item, weights);
                loads[device] += problem.ItemCost(item, device);
                sum += weights[device] * problem.ItemCost(item, device);
            }

            if (sum * (1 - 1e-12) > best)
            {
                best = sum * (1 - 1e-12);
                weights.CopyTo(heaviest, 0);
            }

            Shift(weights, loads, 2.0 / (round + 2));
        }

        return (best, heaviest);
    }

    private static int Lightest(DenseProblem problem, int item, double[] weights)
    {
        var (best, least) = (-1, double.PositiveInfinity);
        for (var device = 0; device < weights.Length; device++)
        {
            var takes = (problem.Allowed[item] >> device & 1) != 0;
            var weight = takes ? weights[device] * problem.ItemCost(item, device) : double.PositiveInfinity;
            (best, least) = takes && (best < 0 || weight < least) ? (device, weight) : (best, least);
        }

        return best;
    }

    /// <summary>Moves weight to the devices with more load than the mean, by factors.</summary>
    private static void Shift(double[] weights, double[] loads, double step)
    {
        var (total, sum) = (loads.Sum(), 0.0);
        for (var device = 0; device < weights.Length; device++)
        {
            weights[device] *= total == 0 ? 1 : Math.Exp(step * ((loads[device] * weights.Length / total) - 1));
            sum += weights[device];
        }

        for (var device = 0; device < weights.Length; device++)
        {
            weights[device] /= sum;
        }
    }
}
