using System.Collections.Immutable;
using System.Globalization;

namespace EdgeAI.Compiler.Memory;

/// <summary>Buffers that cannot all lie under a capacity: why nothing fits.</summary>
/// <param name="Buffers">The buffers in conflict, in the problem's order.</param>
/// <param name="Capacity">Bytes that they cannot share.</param>
/// <param name="Step">A step at which they all live and are too many; null when only their shapes do not go together.</param>
/// <param name="LiveBytes">The largest sum of their sizes alive at one step.</param>
/// <param name="IsMinimal">True when it is known that any one of them could be left out and the others would fit.</param>
internal sealed record BufferConflict(ImmutableArray<BufferRequest> Buffers, long Capacity, long? Step, long LiveBytes, bool IsMinimal)
{
    /// <summary>
    /// A conflict under this capacity; null when everything fits, or the nodes, which each question of the exact search may
    /// spend, were too few to tell.
    /// </summary>
    public static BufferConflict? Find(BufferPlanProblem problem, long capacity, long nodes = 20_000)
    {
        var options = new BufferPlanOptions(capacity, Rounds: 0, nodes);
        if (problem.LiveBytes > capacity)
        {
            return Shrink(problem, Crowd(problem, capacity), options);
        }

        return BufferPlanner.Solve(problem, options).ProvedBound > capacity ? Shrink(problem, [.. Enumerable.Range(0, problem.Blocks.Length)], options) : null;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var names = string.Join(", ", Buffers.Take(8).Select(buffer => buffer.Id.ToString(CultureInfo.InvariantCulture)));
        var more = Buffers.Length > 8 ? $" and {Buffers.Length - 8} more" : "";
        return Step is { } step
            ? $"buffers {names}{more} need {LiveBytes} bytes at step {step}; the capacity is {Capacity}"
            : $"buffers {names}{more} cannot be placed in {Capacity} bytes, though no step needs more than {LiveBytes}";
    }

    /// <summary>At the fullest step, the largest blocks that are already too many.</summary>
    private static List<int> Crowd(BufferPlanProblem problem, long capacity)
    {
        var step = problem.Blocks.Select(block => block.Lower).MaxBy(lower => Alive(problem, lower).Sum(i => problem.Blocks[i].Size));
        var (blocks, sum) = (new List<int>(), 0L);
        foreach (var i in Alive(problem, step).OrderByDescending(i => problem.Blocks[i].Size).TakeWhile(_ => sum <= capacity))
        {
            blocks.Add(i);
            sum += problem.Blocks[i].Size;
        }

        return blocks;
    }

    private static IEnumerable<int> Alive(BufferPlanProblem problem, long step) =>
        Enumerable.Range(0, problem.Blocks.Length).Where(i => problem.Blocks[i].Lower <= step && step < problem.Blocks[i].Upper);

    /// <summary>Leaves out one block after the other as long as the rest is proved not to fit.</summary>
    private static BufferConflict Shrink(BufferPlanProblem problem, List<int> kept, BufferPlanOptions options)
    {
        var isMinimal = true;
        foreach (var candidate in kept.OrderBy(i => problem.Blocks[i].Size).ToList())
        {
            var plan = BufferPlanner.Solve(Only(kept.Where(i => i != candidate)), options);
            if (plan.ProvedBound > options.Capacity)
            {
                kept.Remove(candidate);
            }
            else
            {
                isMinimal &= plan.Height <= options.Capacity;
            }
        }

        var capacity = options.Capacity!.Value;
        var (live, step) = (Only(kept).LiveBytes, kept.Max(i => problem.Blocks[i].Lower));
        return new BufferConflict([.. problem.Buffers.Where((_, i) => kept.Contains(problem.BlockOf[i]))], capacity, live > capacity ? step : null, live, isMinimal);

        BufferPlanProblem Only(IEnumerable<int> blocks) => new([.. blocks.Select(i => problem.Blocks[i])]);
    }
}
