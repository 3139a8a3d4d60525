using System.Collections.Immutable;

namespace EdgeAI.Compiler.Memory;

/// <summary>A block of memory that is needed during the half-open interval [Lower, Upper) of steps.</summary>
/// <param name="Id">Names it in messages; need not be an index.</param>
/// <param name="Lower">First step that needs it.</param>
/// <param name="Upper">First step that does not need it any more.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Alignment">Its offset is a multiple of this.</param>
internal readonly record struct BufferRequest(int Id, long Lower, long Upper, long Size, long Alignment = 1)
{
    /// <summary>True when both are needed at some same step.</summary>
    public bool Overlaps(BufferRequest other) => Lower < other.Upper && other.Lower < Upper;
}

/// <summary>Which buffers live when: the planner's question. Immutable and checked.</summary>
internal sealed class BufferPlanProblem
{
    /// <summary>A problem over these buffers.</summary>
    /// <exception cref="ArgumentException">An interval is empty, a size is negative, an alignment is below 1, or the sum of sizes passes 2^62.</exception>
    public BufferPlanProblem(ImmutableArray<BufferRequest> buffers)
    {
        var sum = 0L;
        foreach (var buffer in buffers)
        {
            if (buffer.Lower >= buffer.Upper || buffer.Size < 0 || buffer.Alignment < 1)
            {
                throw new ArgumentException($"Buffer {buffer.Id}: found {buffer}; expected Lower < Upper, Size ≥ 0, Alignment ≥ 1.", nameof(buffers));
            }

            sum = checked(sum + buffer.Size + buffer.Alignment);
        }

        Buffers = sum <= 1L << 62 ? buffers : throw new ArgumentException("The sizes add up to more than 2^62 bytes.", nameof(buffers));
        LowerBound = LargestLiveSum(buffers);
    }

    /// <summary>The buffers, in the order in which a plan lists their offsets.</summary>
    public ImmutableArray<BufferRequest> Buffers { get; }

    /// <summary>The largest sum of sizes alive at one step: no plan is lower.</summary>
    public long LowerBound { get; }

    private static long LargestLiveSum(ImmutableArray<BufferRequest> buffers)
    {
        var events = new List<(long Step, long Change)>(2 * buffers.Length);
        foreach (var buffer in buffers)
        {
            events.Add((buffer.Lower, buffer.Size));
            events.Add((buffer.Upper, -buffer.Size));
        }

        events.Sort();
        var (live, largest) = (0L, 0L);
        foreach (var (_, change) in events)
        {
            live += change;
            largest = Math.Max(largest, live);
        }

        return largest;
    }
}

/// <summary>Where each buffer lies: the planner's answer.</summary>
/// <param name="Offsets">One offset per buffer, in the problem's order.</param>
/// <param name="Height">Bytes from 0 to the highest end.</param>
internal sealed record BufferPlan(ImmutableArray<long> Offsets, long Height);

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
                if (buffers[i].Overlaps(buffers[j])
                    && plan.Offsets[i] < plan.Offsets[j] + buffers[j].Size && plan.Offsets[j] < plan.Offsets[i] + buffers[i].Size)
                {
                    return $"buffers {buffers[j].Id} and {buffers[i].Id} lie on each other while both live";
                }
            }
        }

        return null;
    }
}
