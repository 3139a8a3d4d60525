using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace EdgeAI.Compiler.Memory;

/// <summary>How long the planner tries.</summary>
/// <param name="Capacity">Stop at the first plan that is no higher; null stops only at the lower bound.</param>
/// <param name="Rounds">Repairs of the placing order.</param>
/// <param name="Nodes">Nodes of the exact search.</param>
internal sealed record BufferPlanOptions(long? Capacity = null, int Rounds = 400, int Nodes = 20_000);

/// <summary>
/// Gives buffers offsets so that the ones alive together do not touch, as low as it can: first fit in several orders, then
/// repairs of the best order (what stands highest is placed earlier), then an exact search. Deterministic.
/// </summary>
internal static class BufferPlanner
{
    /// <summary>The lowest plan found. Always a right one; it may be higher than the wished capacity.</summary>
    public static BufferPlan Solve(BufferPlanProblem problem, BufferPlanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(problem);
        options ??= new BufferPlanOptions();
        var goal = Math.Max(problem.LowerBound, options.Capacity ?? 0);
        var fit = new FirstFit(problem);
        var best = BestOfOrders(problem, fit, goal, out var order);
        best = best.Height <= goal ? best : Repair(problem, fit, best, order, goal, options.Rounds);
        return best.Height <= goal ? best : new ExactPlacement(problem, fit.Neighbours, options.Nodes).Improve(best, goal);
    }

    private static BufferPlan BestOfOrders(BufferPlanProblem problem, FirstFit fit, long goal, out int[] bestOrder)
    {
        BufferPlan? best = null;
        bestOrder = [];
        foreach (var order in Orders(problem))
        {
            var plan = fit.Place(order);
            if (best is null || plan.Height < best.Height)
            {
                (best, bestOrder) = (plan, order);
            }

            if (best.Height <= goal)
            {
                break;
            }
        }

        return best!;
    }

    private static IEnumerable<int[]> Orders(BufferPlanProblem problem)
    {
        var buffers = problem.Buffers;
        yield return Sorted(i => -buffers[i].Size, i => -(buffers[i].Upper - buffers[i].Lower));
        yield return Sorted(i => -(double)buffers[i].Size * (buffers[i].Upper - buffers[i].Lower), i => buffers[i].Lower);
        yield return Sorted(i => -(buffers[i].Upper - buffers[i].Lower), i => -buffers[i].Size);
        yield return Sorted(i => buffers[i].Lower, i => -buffers[i].Size);
        yield return Sorted(i => buffers[i].Upper, i => -buffers[i].Size);

        int[] Sorted(Func<int, double> first, Func<int, double> second) =>
            [.. Enumerable.Range(0, buffers.Length).OrderBy(first).ThenBy(second).ThenBy(i => i)];
    }

    private static BufferPlan Repair(BufferPlanProblem problem, FirstFit fit, BufferPlan best, int[] bestOrder, long goal, int rounds)
    {
        var (order, random) = ((int[])bestOrder.Clone(), new SplitMix(1));
        var current = best;
        for (var round = 0; round < rounds && best.Height > goal; round++)
        {
            var trial = (int[])order.Clone();
            Promote(problem, current, trial, ref random);
            var plan = fit.Place(trial);
            if (plan.Height <= current.Height || random.Below(16) == 0)
            {
                (current, order) = (plan, trial);
            }

            best = plan.Height < best.Height ? plan : best;
        }

        return best;
    }

    /// <summary>Moves a buffer that ends at the top to an earlier place of the order, and swaps another pair now and then.</summary>
    private static void Promote(BufferPlanProblem problem, BufferPlan plan, int[] order, ref SplitMix random)
    {
        var highest = new List<int>();
        for (var place = 0; place < order.Length; place++)
        {
            if (plan.Offsets[order[place]] + problem.Buffers[order[place]].Size == plan.Height)
            {
                highest.Add(place);
            }
        }

        var from = highest[random.Below(highest.Count)];
        var to = random.Below(from + 1);
        var moved = order[from];
        Array.Copy(order, to, order, to + 1, from - to);
        order[to] = moved;
        if (random.Below(4) == 0)
        {
            var (a, b) = (random.Below(order.Length), random.Below(order.Length));
            (order[a], order[b]) = (order[b], order[a]);
        }
    }

    /// <summary>Places buffers one by one at the lowest offset that is free of what was placed and lives at the same time.</summary>
    private sealed class FirstFit
    {
        private readonly ImmutableArray<BufferRequest> _buffers;
        private readonly List<(long Start, long End)> _taken = [];

        public FirstFit(BufferPlanProblem problem)
        {
            _buffers = problem.Buffers;
            Neighbours = Neighbourhoods(_buffers);
        }

        /// <summary>For each buffer, the indices of those that live at the same time.</summary>
        public int[][] Neighbours { get; }

        public BufferPlan Place(int[] order)
        {
            var offsets = new long[_buffers.Length];
            Array.Fill(offsets, -1);
            var height = 0L;
            foreach (var i in order)
            {
                offsets[i] = LowestFree(i, offsets);
                height = Math.Max(height, offsets[i] + _buffers[i].Size);
            }

            return new BufferPlan(ImmutableCollectionsMarshal.AsImmutableArray(offsets), height);
        }

        private long LowestFree(int i, long[] offsets)
        {
            _taken.Clear();
            foreach (var j in Neighbours[i])
            {
                if (offsets[j] >= 0)
                {
                    _taken.Add((offsets[j], offsets[j] + _buffers[j].Size));
                }
            }

            _taken.Sort();
            var offset = 0L;
            foreach (var (start, end) in _taken)
            {
                if (offset + _buffers[i].Size <= start)
                {
                    break;
                }

                offset = Math.Max(offset, Align(end, _buffers[i].Alignment));
            }

            return offset;
        }

        private static int[][] Neighbourhoods(ImmutableArray<BufferRequest> buffers)
        {
            var byStart = Enumerable.Range(0, buffers.Length).OrderBy(i => buffers[i].Lower).ToArray();
            var lists = new List<int>[buffers.Length];
            for (var a = 0; a < byStart.Length; a++)
            {
                lists[byStart[a]] = [];
            }

            for (var a = 0; a < byStart.Length; a++)
            {
                for (var b = a + 1; b < byStart.Length && buffers[byStart[b]].Lower < buffers[byStart[a]].Upper; b++)
                {
                    lists[byStart[a]].Add(byStart[b]);
                    lists[byStart[b]].Add(byStart[a]);
                }
            }

            return [.. lists.Select(list => list.ToArray())];
        }
    }

    /// <summary>The next multiple of an alignment.</summary>
    internal static long Align(long offset, long alignment) => (offset + alignment - 1) / alignment * alignment;

    /// <summary>A small generator whose numbers are the same on every platform and runtime.</summary>
    private struct SplitMix(ulong seed)
    {
        private ulong _state = seed;

        public int Below(int limit)
        {
            var z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return (int)((z ^ (z >> 31)) % (ulong)limit);
        }
    }
}
