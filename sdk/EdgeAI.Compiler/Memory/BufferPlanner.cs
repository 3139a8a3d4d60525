using System.Collections.Immutable;

namespace EdgeAI.Compiler.Memory;

/// <summary>
/// Gives buffers offsets so that the ones alive together do not touch, as low as it can: first fit in several orders, an exact
/// search at the goal, repairs of the best order, exact searches between the goal and the best. Deterministic by nodes.
/// </summary>
internal static class BufferPlanner
{
    private const int LargestExact = 4000;
    private const long MostNodes = 20_000;

    /// <summary>About a second's worth: a node looks at many of the pairs of blocks that live at once.</summary>
    private const long MostNodePairs = 1L << 30;

    /// <summary>
    /// The best plan found: the first within the capacity, where one is wished, else the lowest. Always a right one; whether it
    /// is the lowest, or the capacity is too small, its <see cref="BufferPlan.ProvedBound"/> says.
    /// </summary>
    public static BufferPlan Solve(BufferPlanProblem problem, BufferPlanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(problem);
        options ??= new BufferPlanOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Capacity ?? 0, nameof(options));
        if (Stacked(problem, Math.Max(problem.LowerBound, options.Capacity ?? 0)) is { } stacked)
        {
            return stacked;
        }

        var solver = new Attempt(problem, options);
        solver.Run();
        return solver.ToPlan();
    }

    /// <summary>Blocks that are all alive at one time lie one on the other, the largest first, as first fit would place them: no pair is counted. Null where that is not low enough.</summary>
    private static BufferPlan? Stacked(BufferPlanProblem problem, long goal)
    {
        var blocks = problem.Blocks;
        int[] solid = [.. Enumerable.Range(0, blocks.Length).Where(i => blocks[i].Size > 0)];
        if (solid.Length == 0 || solid.Max(i => blocks[i].Lower) >= solid.Min(i => blocks[i].Upper))
        {
            return null;
        }

        var (offsets, height) = (new long[blocks.Length], 0L);
        foreach (var i in solid.OrderByDescending(i => blocks[i].Size).ThenByDescending(i => (double)blocks[i].Upper - blocks[i].Lower).ThenBy(i => i))
        {
            offsets[i] = Alignments.Up(height, blocks[i].Alignment);
            height = offsets[i] + blocks[i].Size;
        }

        return height <= goal ? new BufferPlan([.. problem.BlockOf.Select(block => offsets[block])], height, problem.LowerBound, 0) : null;
    }

    /// <summary>One problem being solved: the best placing and the bound so far, over the blocks that have a size.</summary>
    private sealed class Attempt
    {
        private readonly BufferPlanProblem _problem;
        private readonly BufferPlanOptions _options;
        private readonly SearchBudget _budget;
        private readonly long _nodes;
        private readonly int[] _solid;
        private readonly ImmutableArray<BufferRequest> _blocks;
        private readonly FirstFit _fit;
        private readonly long _goal;
        private OrderedPlacing _best = new([], [], long.MaxValue);
        private long _proved;

        public Attempt(BufferPlanProblem problem, BufferPlanOptions options)
        {
            (_problem, _options, _proved) = (problem, options, problem.LowerBound);
            _solid = [.. Enumerable.Range(0, problem.Blocks.Length).Where(i => problem.Blocks[i].Size > 0)];
            _blocks = [.. _solid.Select(i => problem.Blocks[i])];
            _fit = new FirstFit(_blocks);
            _nodes = options.Nodes ?? Math.Min(MostNodes, MostNodePairs / Math.Max(1, _fit.Pairs));
            _budget = new SearchBudget(options, _nodes);
            _goal = Math.Max(problem.LowerBound, options.Capacity ?? 0);
        }

        private bool IsDone => _best.Height <= Math.Max(_goal, _proved) || _options.Capacity < _proved;

        public void Run()
        {
            foreach (var order in _fit.Orders())
            {
                Take(_fit.Place(order));
                if (_best.Height <= _goal)
                {
                    return;
                }
            }

            if (IsDone)
            {
                return;
            }

            var exact = _blocks.Length <= LargestExact && _nodes > 0 ? new ExactPlacement(_blocks, _fit.Neighbours) : null;
            Search(exact, _goal, _nodes / 2);
            if (!IsDone)
            {
                Take(OrderRepair.Run(_blocks, _fit, _best, _goal, _options.Rounds));
                Narrow(exact);
            }
        }

        public BufferPlan ToPlan()
        {
            var ofBlocks = new long[_problem.Blocks.Length];
            for (var i = 0; i < _solid.Length; i++)
            {
                ofBlocks[_solid[i]] = _best.Offsets[i];
            }

            return new BufferPlan([.. _problem.BlockOf.Select(block => ofBlocks[block])], _solid.Length == 0 ? 0 : _best.Height, _proved, _budget.Spent);
        }

        private void Take(OrderedPlacing placing) => _best = placing.Height < _best.Height ? placing : _best;

        /// <summary>Searches under a limit while more than a reserve of nodes is left; returns the highest limit that is no other question.</summary>
        private long Search(ExactPlacement? exact, long limit, long reserve)
        {
            var verdict = exact?.Run(limit, _budget, reserve);
            if (verdict == SearchVerdict.Found)
            {
                var offsets = exact!.Offsets();
                Take(new OrderedPlacing([], offsets, offsets.Select((offset, i) => offset + _blocks[i].Size).Max()));
            }

            var next = exact?.NextHeight(limit) ?? limit + 1;
            _proved = verdict == SearchVerdict.Impossible ? Math.Max(_proved, next) : _proved;
            return next - 1;
        }

        /// <summary>
        /// With a capacity, spends the rest on it. Without, halves the range between what failed and what was found, then asks
        /// again and again for less than the best.
        /// </summary>
        private void Narrow(ExactPlacement? exact)
        {
            var failed = _goal;
            while (exact is not null && !IsDone && !_budget.IsOver)
            {
                if (_options.Capacity is not null)
                {
                    Search(exact, _goal, 0);
                }
                else if (_best.Height - failed > 1)
                {
                    var middle = failed + ((_best.Height - failed) / 2);
                    var tried = Search(exact, middle, _budget.Left - (_budget.Left / 4));
                    failed = _best.Height <= middle ? failed : tried;
                }
                else
                {
                    Search(exact, _best.Height - 1, 0);
                }
            }
        }
    }
}
