using System.Collections.Immutable;

namespace EdgeAI.Compiler.Memory;

/// <summary>A block of memory that is needed during the half-open interval [Lower, Upper) of steps.</summary>
/// <param name="Id">Names it in messages; need not be an index.</param>
/// <param name="Lower">First step that needs it.</param>
/// <param name="Upper">First step that does not need it any more.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Alignment">Its offset is a multiple of this.</param>
/// <param name="Place">
/// Buffers with the same place share one offset: in-place reuse. Together they are one block, as large as the largest, from the
/// first step to the last. Null: a place of its own.
/// </param>
internal readonly record struct BufferRequest(int Id, long Lower, long Upper, long Size, long Alignment = 1, int? Place = null)
{
    /// <summary>True when both are needed at some same step.</summary>
    public bool Overlaps(BufferRequest other) => Lower < other.Upper && other.Lower < Upper;
}

/// <summary>Which buffers live when: the planner's question. Immutable and checked.</summary>
internal sealed class BufferPlanProblem
{
    private const long LargestSum = 1L << 62;

    /// <summary>A problem over these buffers.</summary>
    /// <exception cref="ArgumentException">An interval is empty, a size is negative, an alignment is below 1, or the sum of sizes and alignments passes 2^62.</exception>
    public BufferPlanProblem(ImmutableArray<BufferRequest> buffers)
    {
        if (buffers.IsDefault)
        {
            throw new ArgumentException("There is no list of buffers; an empty one is right.", nameof(buffers));
        }

        var sum = 0L;
        foreach (var buffer in buffers)
        {
            if (buffer.Lower >= buffer.Upper || buffer.Size < 0 || buffer.Alignment < 1)
            {
                throw new ArgumentException($"Buffer {buffer.Id}: found {buffer}; expected Lower < Upper, Size ≥ 0, Alignment ≥ 1.", nameof(buffers));
            }

            sum = buffer.Size <= LargestSum - sum && buffer.Alignment <= LargestSum - sum - buffer.Size
                ? sum + buffer.Size + buffer.Alignment
                : throw new ArgumentException($"Buffer {buffer.Id}: with it, sizes and alignments add up to more than 2^62 bytes.", nameof(buffers));
        }

        Buffers = buffers;
        (Blocks, BlockOf) = Merge(buffers);
        LiveBytes = LargestLiveSum(Blocks, 1);
        LowerBound = Math.Max(LiveBytes, LargestLiveSum(Blocks, Alignments.Granule(Blocks)));
    }

    /// <summary>The buffers, in the order in which a plan lists their offsets.</summary>
    public ImmutableArray<BufferRequest> Buffers { get; }

    /// <summary>What is really placed: the buffers, those of one place merged to one.</summary>
    public ImmutableArray<BufferRequest> Blocks { get; }

    /// <summary>For each buffer, the index of its block.</summary>
    public ImmutableArray<int> BlockOf { get; }

    /// <summary>The largest sum of sizes alive at one step.</summary>
    public long LiveBytes { get; }

    /// <summary>No plan is lower: <see cref="LiveBytes"/>, or the same of sizes rounded up to what all alignments have in common, but for one block's padding.</summary>
    public long LowerBound { get; }

    private static (ImmutableArray<BufferRequest> Blocks, ImmutableArray<int> BlockOf) Merge(ImmutableArray<BufferRequest> buffers)
    {
        var (blocks, blockOf, byPlace) = (new List<BufferRequest>(buffers.Length), new int[buffers.Length], new Dictionary<int, int>());
        for (var i = 0; i < buffers.Length; i++)
        {
            blockOf[i] = blocks.Count;
            if (buffers[i].Place is not { } place || byPlace.TryAdd(place, blocks.Count))
            {
                blocks.Add(buffers[i]);
                continue;
            }

            blockOf[i] = byPlace[place];
            blocks[blockOf[i]] = Union(blocks[blockOf[i]], buffers[i]);
        }

        return ([.. blocks], [.. blockOf]);
    }

    private static BufferRequest Union(BufferRequest block, BufferRequest buffer) => block with
    {
        Lower = Math.Min(block.Lower, buffer.Lower),
        Upper = Math.Max(block.Upper, buffer.Upper),
        Size = Math.Max(block.Size, buffer.Size),
        Alignment = Alignments.Common(block.Alignment, buffer.Alignment),
    };

    /// <summary>With offsets at multiples of a granule each block but the topmost takes whole granules.</summary>
    private static long LargestLiveSum(ImmutableArray<BufferRequest> blocks, long granule)
    {
        var padding = 0L;
        var events = new (long Step, long Change)[2 * blocks.Length];
        for (var i = 0; i < blocks.Length; i++)
        {
            var size = Alignments.Up(blocks[i].Size, granule);
            padding = Math.Max(padding, size - blocks[i].Size);
            events[2 * i] = (blocks[i].Lower, size);
            events[(2 * i) + 1] = (blocks[i].Upper, -size);
        }

        Array.Sort(events);
        var (live, largest) = (0L, 0L);
        foreach (var (_, change) in events)
        {
            live += change;
            largest = Math.Max(largest, live);
        }

        return largest - padding;
    }
}
