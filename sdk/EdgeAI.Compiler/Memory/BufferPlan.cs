using System.Collections.Immutable;

namespace EdgeAI.Compiler.Memory;

/// <summary>Where each buffer lies: the planner's answer.</summary>
/// <param name="Offsets">One offset per buffer, in the problem's order.</param>
/// <param name="Height">Bytes from 0 to the highest end.</param>
/// <param name="ProvedBound">No plan of this problem is lower. A capacity below it is proved too small.</param>
/// <param name="Nodes">Nodes that the exact search has visited.</param>
internal sealed record BufferPlan(ImmutableArray<long> Offsets, long Height, long ProvedBound = 0, long Nodes = 0)
{
    /// <summary>True when it is proved that nothing is lower.</summary>
    public bool IsOptimal => Height <= ProvedBound;
}

/// <summary>How long the planner tries. By nodes it answers the same every time; by time or cancellation it may not.</summary>
/// <param name="Capacity">Stop at the first plan that is no higher; null stops only at a plan that is proved lowest.</param>
/// <param name="Rounds">Repairs of the placing order.</param>
/// <param name="Nodes">Nodes of the exact search; null: 20,000, or fewer where so many blocks live at once that each takes long.</param>
/// <param name="TimeLimit">The best plan so far is the answer after this time; null: no limit.</param>
/// <param name="Cancellation">The best plan so far is the answer once this is cancelled.</param>
internal sealed record BufferPlanOptions(
    long? Capacity = null, int Rounds = 400, long? Nodes = null, TimeSpan? TimeLimit = null, CancellationToken Cancellation = default);

/// <summary>Checks plans the slow and obvious way.</summary>
internal static class BufferPlanValidator
{
    /// <summary>Null for a right plan, else what is wrong with it.</summary>
    public static string? FirstFault(BufferPlanProblem problem, BufferPlan plan)
    {
        var buffers = problem.Buffers;
        if (plan.Offsets.Length != buffers.Length)
        {
            return $"{plan.Offsets.Length} offsets for {buffers.Length} buffers";
        }

        for (var i = 0; i < buffers.Length; i++)
        {
            if (plan.Offsets[i] < 0 || plan.Offsets[i] % buffers[i].Alignment != 0 || plan.Offsets[i] + buffers[i].Size > plan.Height)
            {
                return $"buffer {buffers[i].Id} at {plan.Offsets[i]}: misaligned or outside of 0..{plan.Height}";
            }

            for (var j = 0; j < i; j++)
            {
                if (PairFault(buffers[i], plan.Offsets[i], buffers[j], plan.Offsets[j]) is { } fault)
                {
                    return fault;
                }
            }
        }

        return null;
    }

    private static string? PairFault(BufferRequest a, long offsetA, BufferRequest b, long offsetB)
    {
        if (a.Place is not null && a.Place == b.Place)
        {
            return offsetA == offsetB ? null : $"buffers {b.Id} and {a.Id} share place {a.Place} but lie at {offsetB} and {offsetA}";
        }

        return a.Overlaps(b) && offsetA < offsetB + b.Size && offsetB < offsetA + a.Size
            ? $"buffers {b.Id} and {a.Id} lie on each other while both live"
            : null;
    }
}
