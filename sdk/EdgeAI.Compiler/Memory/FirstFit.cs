using System.Collections.Immutable;

namespace EdgeAI.Compiler.Memory;

/// <summary>Places blocks one by one, each at the lowest offset that is free of what was placed and lives at the same time.</summary>
internal sealed class FirstFit(ImmutableArray<BufferRequest> blocks)
{
    private readonly List<(long Start, long End)> _taken = [];

    /// <summary>For each block, the indices of those that live at the same time.</summary>
    public int[][] Neighbours { get; } = Neighbourhoods(blocks);

    /// <summary>How many pairs of blocks one placing looks at.</summary>
    public long Pairs => Neighbours.Sum(list => (long)list.Length);

    /// <summary>The placing by this order.</summary>
    public OrderedPlacing Place(int[] order)
    {
        var offsets = new long[blocks.Length];
        Array.Fill(offsets, -1);
        var height = 0L;
        foreach (var i in order)
        {
            offsets[i] = LowestFree(i, offsets);
            height = Math.Max(height, offsets[i] + blocks[i].Size);
        }

        return new OrderedPlacing(order, offsets, height);
    }

    /// <summary>Placing orders that are good on different kinds of problems, one at a time.</summary>
    public IEnumerable<int[]> Orders()
    {
        yield return Sorted(i => (-blocks[i].Size, -Duration(i)));
        yield return Sorted(i => (-Area(i), blocks[i].Lower));
        yield return Sorted(i => (-Duration(i), -blocks[i].Size));
        yield return Sorted(i => (blocks[i].Lower, -blocks[i].Size));
        yield return Sorted(i => (blocks[i].Upper, -blocks[i].Size));
    }

    private double Duration(int i) => (double)blocks[i].Upper - blocks[i].Lower;

    private double Area(int i) => blocks[i].Size * Duration(i);

    private int[] Sorted(Func<int, (double First, double Second)> key)
    {
        var (order, keys) = (new int[blocks.Length], new (double, double, int)[blocks.Length]);
        for (var i = 0; i < order.Length; i++)
        {
            (order[i], keys[i]) = (i, (key(i).First, key(i).Second, i));
        }

        Array.Sort(keys, order);
        return order;
    }

    private long LowestFree(int i, long[] offsets)
    {
        _taken.Clear();
        foreach (var j in Neighbours[i])
        {
            if (offsets[j] >= 0)
            {
                _taken.Add((offsets[j], offsets[j] + blocks[j].Size));
            }
        }

        _taken.Sort();
        var offset = 0L;
        foreach (var (start, end) in _taken)
        {
            if (offset + blocks[i].Size <= start)
            {
                break;
            }

            offset = Math.Max(offset, Alignments.Up(end, blocks[i].Alignment));
        }

        return offset;
    }

    private static int[][] Neighbourhoods(ImmutableArray<BufferRequest> blocks)
    {
        var counts = new int[blocks.Length];
        ForEachMeeting(blocks, (a, b) => (counts[a], counts[b]) = (counts[a] + 1, counts[b] + 1));
        var neighbours = Array.ConvertAll(counts, count => new int[count]);
        ForEachMeeting(blocks, (a, b) => (neighbours[a][^counts[a]--], neighbours[b][^counts[b]--]) = (b, a));
        return neighbours;
    }

    private static void ForEachMeeting(ImmutableArray<BufferRequest> blocks, Action<int, int> visit)
    {
        int[] byStart = [.. Enumerable.Range(0, blocks.Length)];
        Array.Sort([.. blocks.Select(block => block.Lower)], byStart);
        for (var a = 0; a < byStart.Length; a++)
        {
            for (var b = a + 1; b < byStart.Length && blocks[byStart[b]].Lower < blocks[byStart[a]].Upper; b++)
            {
                visit(byStart[a], byStart[b]);
            }
        }
    }
}
