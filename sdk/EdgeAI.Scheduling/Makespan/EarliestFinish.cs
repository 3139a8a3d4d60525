using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Makespan;

/// <summary>
/// The plainest list scheduler: items by the longest rest of mean costs and bytes, each where it ends first after what is there already;
/// links and launches are not looked at.
/// </summary>
internal static class EarliestFinish
{
    public static (byte[] Devices, int[] Order) Find(DenseProblem problem)
    {
        int[] order = [.. Order(problem)];
        var (devices, ends, free) = (new byte[problem.ItemCount], new double[problem.ItemCount], new double[problem.DeviceCount]);
        foreach (var item in order)
        {
            var best = double.PositiveInfinity;
            for (byte device = 0; device < free.Length; device++)
            {
                var end = Math.Max(Ready(problem, item, device, devices, ends), free[device]) + problem.ItemCost(item, device);
                (best, devices[item]) = end < best ? (end, device) : (best, devices[item]);
            }

            ends[item] = free[devices[item]] = best;
        }

        return (devices, order);
    }

    private static double Ready(DenseProblem problem, int item, int device, byte[] devices, double[] ends)
    {
        var ready = 0.0;
        foreach (var value in problem.ValuesOf[item])
        {
            var producer = problem.Producer[value];
            if (producer != item)
            {
                var source = problem.SourceOf(value, devices);
                ready = Math.Max(ready, (producer < 0 ? 0 : ends[producer]) + (source == device ? 0 : problem.CopyCost(value, source, 1 << device)));
            }
        }

        return ready;
    }

    private static IOrderedEnumerable<int> Order(DenseProblem problem)
    {
        var ranks = new double[problem.ItemCount];
        for (var item = ranks.Length - 1; item >= 0; item--)
        {
            var costs = Enumerable.Range(0, problem.DeviceCount).Where(device => (problem.Allowed[item] >> device & 1) != 0).Average(device => problem.ItemCost(item, device));
            ranks[item] = costs + Rest(problem, item, ranks);
        }

        return Enumerable.Range(0, ranks.Length).OrderByDescending(item => ranks[item]).ThenBy(item => item);
    }

    private static double Rest(DenseProblem problem, int item, double[] ranks)
    {
        var rest = 0.0;
        foreach (var value in problem.ValuesOf[item])
        {
            if (problem.Producer[value] == item)
            {
                foreach (var consumer in problem.Consumers[value])
                {
                    rest = Math.Max(rest, ranks[consumer] + problem.Source.Values[value].Bytes);
                }
            }
        }

        return rest;
    }
}
