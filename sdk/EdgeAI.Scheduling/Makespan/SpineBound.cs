using System.Numerics;
using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Makespan;

/// <summary>
/// A bound for graphs with few clean items. What is left of a schedule when items are taken out is a schedule of the others and ends no later. So
/// a chain of items (the spine) is chosen, and only what must run between two neighbors of it is kept: then the spine is clean, and blocks bound.
/// </summary>
internal sealed class SpineBound
{
    private const int Reach = 63;

    /// <summary>Items between two neighbors of a spine, at most: more are seldom searched to the end.</summary>
    private const int MostBetween = 13;

    /// <summary>What an item counts that is not on a window's longest chain.</summary>
    private const double Share = 0.2;

    private readonly DenseProblem _problem;
    private readonly ulong[] _before;
    private readonly double[] _least;

    public SpineBound(DenseProblem problem)
    {
        (_problem, _before, _least) = (problem, new ulong[problem.ItemCount], new double[problem.ItemCount]);
        for (var item = 0; item < problem.ItemCount; item++)
        {
            ReadItem(item);
        }
    }

    /// <summary>The bound of the heaviest spine's blocks.</summary>
    public double Bound(long nodes, CancellationToken cancellation) =>
        new BlockChain(new DenseProblem(Restrict(_problem.Source, Keep())), nodes, cancellation).Bound();

    /// <summary>Ancestors at most <see cref="Reach"/> places before an item, as bits, the nearest the lowest.</summary>
    private void ReadItem(int item)
    {
        _least[item] = double.PositiveInfinity;
        for (var device = 0; device < _problem.DeviceCount; device++)
        {
            _least[item] = Math.Min(_least[item], _problem.ItemCost(item, device));
        }

        foreach (var predecessor in _problem.Predecessors[item])
        {
            var distance = item - predecessor;
            _before[item] |= distance > Reach ? 0 : 1UL << (distance - 1) | _before[predecessor] << distance;
        }
    }

    /// <summary>The items of the spine that weighs most and those between its neighbors.</summary>
    private bool[] Keep()
    {
        var (sums, from) = (new double[_problem.ItemCount], new int[_problem.ItemCount]);
        for (var item = 0; item < sums.Length; item++)
        {
            (sums[item], from[item]) = (_least[item], -1);
            for (var left = _before[item]; left != 0; left &= left - 1)
            {
                var source = item - 1 - BitOperations.TrailingZeroCount(left);
                var sum = sums[source] + Weight(source, item);
                (sums[item], from[item]) = sum > sums[item] ? (sum, source) : (sums[item], from[item]);
            }
        }

        var kept = new bool[sums.Length];
        for (var item = Array.IndexOf(sums, sums.Max()); item >= 0; item = from[item])
        {
            kept[item] = true;
            for (var left = from[item] < 0 ? 0 : Between(from[item], item); left != 0; left &= left - 1)
            {
                kept[item - 1 - BitOperations.TrailingZeroCount(left)] = true;
            }
        }

        return kept;
    }

    /// <summary>What a window between two items of a spine is worth: its longest chain, and a share of all else that is in it.</summary>
    private double Weight(int source, int sink)
    {
        var between = Between(source, sink);
        if (BitOperations.PopCount(between) > MostBetween)
        {
            return double.NegativeInfinity;
        }

        Span<double> chains = stackalloc double[Reach + 1];
        var (sum, longest) = (0.0, 0.0);
        for (var item = source + 1; item < sink; item++)
        {
            if ((between >> (sink - 1 - item) & 1) == 0)
            {
                continue;
            }

            var chain = 0.0;
            foreach (var predecessor in _problem.Predecessors[item])
            {
                chain = predecessor > source && (between >> (sink - 1 - predecessor) & 1) != 0 ? Math.Max(chain, chains[predecessor - source]) : chain;
            }

            chains[item - source] = chain + _least[item];
            (sum, longest) = (sum + _least[item], Math.Max(longest, chains[item - source]));
        }

        return _least[sink] + longest + (Share * (sum - longest));
    }

    /// <summary>The items after one and before another, as bits like the other's ancestors.</summary>
    private ulong Between(int source, int sink)
    {
        var between = 0UL;
        for (var left = _before[sink]; left != 0; left &= left - 1)
        {
            var place = BitOperations.TrailingZeroCount(left);
            var (item, distance) = (sink - 1 - place, sink - 1 - place - source);
            between |= distance > 0 && (_before[item] >> (distance - 1) & 1) != 0 ? 1UL << place : 0;
        }

        return between;
    }

    private static PlacementProblem Restrict(PlacementProblem problem, bool[] kept)
    {
        int[] items = [.. Enumerable.Range(0, kept.Length).Where(item => kept[item])];
        var places = new int[kept.Length];
        for (var place = 0; place < items.Length; place++)
        {
            places[items[place]] = place;
        }

        return problem with
        {
            Items = [.. items.Select(item => problem.Items[item])],
            Costs = new CostTable(items.Length, problem.Devices.Length, (place, device) => problem.Costs[items[place], device]),
            Values =
            [
                .. problem.Values.Where(value => value.Producer < 0 || kept[value.Producer]).Select(value => value with
                {
                    Producer = value.Producer < 0 ? value.Producer : places[value.Producer],
                    Consumers = [.. value.Consumers.Where(consumer => kept[consumer]).Select(consumer => places[consumer])],
                }),
            ],
        };
    }
}
