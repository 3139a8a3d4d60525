using System.Collections.Immutable;

namespace EdgeAI.Compiler.Memory;

/// <summary>
/// The problem as the exact search sees it. Time becomes cliques: the largest sets of blocks that live at one step, in order of
/// time; each block is in a contiguous range of them, and two blocks meet just when their ranges do. Bytes become units, the
/// greatest that every offset of a settled plan is a multiple of.
/// </summary>
internal sealed class CliqueModel
{
    private const long MostUnits = 1L << 29;
    private readonly ImmutableArray<BufferRequest> _blocks;
    private readonly long[] _padding;

    public CliqueModel(ImmutableArray<BufferRequest> blocks, int[][] neighbours)
    {
        _blocks = blocks;
        var moments = Moments(blocks);
        CliqueCount = moments.Length;
        First = [.. blocks.Select(block => LowerBound(moments, block.Lower))];
        End = [.. blocks.Select(block => LowerBound(moments, block.Upper))];
        var padded = PaddedSizes(blocks);
        (Unit, IsExact) = ChooseUnit(blocks, padded);
        Size = [.. padded.Select(bytes => (int)((bytes + Unit - 1) / Unit))];
        Alignment = [.. blocks.Select(block => block.Alignment / Alignments.GreatestDivisor(block.Alignment, Unit))];
        _padding = LargestPaddings();
        Neighbours = neighbours;
    }

    public int Count => _blocks.Length;

    public int CliqueCount { get; }

    /// <summary>Bytes per unit.</summary>
    public long Unit { get; }

    /// <summary>False where units are coarser than the sizes (beyond 2^29 of them): plans are right, but nothing is proved.</summary>
    public bool IsExact { get; }

    /// <summary>Per block the first clique that it is in.</summary>
    public int[] First { get; }

    /// <summary>Per block the first clique after those that it is in.</summary>
    public int[] End { get; }

    /// <summary>Per block its size in units.</summary>
    public int[] Size { get; }

    /// <summary>Per block the units that its offset is a multiple of.</summary>
    public long[] Alignment { get; }

    /// <summary>Per block those that it meets.</summary>
    public int[][] Neighbours { get; }

    public bool Contains(int block, int clique) => First[block] <= clique && clique < End[block];

    /// <summary>True when the two could change places in any plan. Bytes count, not units: the topmost block's padding may pass the limit.</summary>
    public bool AreAlike(int a, int b) =>
        First[a] == First[b] && End[a] == End[b] && Size[a] == Size[b] && _blocks[a].Size == _blocks[b].Size && Alignment[a] == Alignment[b];

    /// <summary>The lowest offset at or above this that the block may have.</summary>
    public int Settle(int block, int offset) => Alignment[block] == 1 ? offset : (int)Math.Min(Alignments.Up(offset, Alignment[block]), int.MaxValue / 2);

    /// <summary>What a clique's stack of whole units may reach when bytes may reach this: the padding of the block that ends on top may stick out.</summary>
    public int LimitUnits(int clique, long bytes) => (int)Math.Min((bytes + _padding[clique]) / Unit, MostUnits);

    /// <summary>The highest offset with which the block ends below this many bytes; negative when there is none.</summary>
    public int HighestOffset(int block, long bytes) => bytes < _blocks[block].Size ? -1 : (int)Math.Min((bytes - _blocks[block].Size) / Unit, MostUnits);

    /// <summary>The lowest height above this many bytes that a block's end can be.</summary>
    public long NextHeight(long bytes) =>
        _blocks.Min(block => bytes < block.Size ? block.Size : block.Size + (((bytes - block.Size) / Unit) + 1) * Unit);

    private long[] LargestPaddings()
    {
        var largest = new long[CliqueCount];
        for (var block = 0; block < Count; block++)
        {
            var padding = (Size[block] * Unit) - _blocks[block].Size;
            for (var clique = First[block]; clique < End[block]; clique++)
            {
                largest[clique] = Math.Max(largest[clique], padding);
            }
        }

        return largest;
    }

    /// <summary>The steps at which a largest set lives: each last start before an end.</summary>
    private static long[] Moments(ImmutableArray<BufferRequest> blocks)
    {
        var events = new (long Step, bool Starts)[2 * blocks.Length];
        for (var i = 0; i < blocks.Length; i++)
        {
            (events[2 * i], events[(2 * i) + 1]) = ((blocks[i].Lower, true), (blocks[i].Upper, false));
        }

        Array.Sort(events);
        var (moments, grew) = (new List<long>(), false);
        for (var i = 0; i < events.Length; i++)
        {
            if (!events[i].Starts && grew)
            {
                moments.Add(events[i - 1].Step);
            }

            grew = events[i].Starts;
        }

        return [.. moments];
    }

    private static int LowerBound(long[] moments, long step)
    {
        var index = Array.BinarySearch(moments, step);
        return index < 0 ? ~index : index;
    }

    /// <summary>Sizes rounded up to what all alignments have in common: no other block can begin inside the rest.</summary>
    private static long[] PaddedSizes(ImmutableArray<BufferRequest> blocks)
    {
        var granule = Alignments.Granule(blocks);
        return [.. blocks.Select(block => Alignments.Up(block.Size, granule))];
    }

    private static (long Unit, bool IsExact) ChooseUnit(ImmutableArray<BufferRequest> blocks, long[] padded)
    {
        var unit = padded.Aggregate(0L, Alignments.GreatestDivisor);
        unit = unit == 0 ? 1 : unit;
        if (blocks.Any(block => unit % block.Alignment != 0))
        {
            unit = blocks.Aggregate(unit, (divisor, block) => Alignments.GreatestDivisor(divisor, block.Alignment));
        }

        var scale = 1L;
        while (blocks.Aggregate(0L, (sum, block) => sum + block.Size + block.Alignment) / unit / scale > MostUnits)
        {
            scale *= 2;
        }

        return (unit * scale, scale == 1);
    }
}
