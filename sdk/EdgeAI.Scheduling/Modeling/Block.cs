namespace EdgeAI.Scheduling.Modeling;

/// <summary>The items between two clean cuts.</summary>
/// <param name="Source">The clean item before them; -1 at the beginning.</param>
/// <param name="First">The first item between.</param>
/// <param name="Sink">The clean item after them; the number of items at the end.</param>
internal readonly record struct Block(int Source, int First, int Sink)
{
    /// <summary>Items between the clean ones.</summary>
    public int Count => Sink - First;

    /// <summary>
    /// Cuts a graph at its clean items: those with which every other item is comparable, so that everything else runs either before or
    /// after. An item is clean if each earlier one has a reader up to it and each later one has a producer from it on.
    /// </summary>
    public static List<Block> Cut(DenseProblem problem)
    {
        var count = problem.ItemCount;
        var (openUntil, reachesBack) = (new int[count + 1], new int[count + 1]);
        openUntil[0] = -1;
        reachesBack[count] = count;
        for (var item = 0; item < count; item++)
        {
            openUntil[item + 1] = Math.Max(openUntil[item], Least(problem.Successors[item], count));
        }

        for (var item = count - 1; item >= 0; item--)
        {
            reachesBack[item] = Math.Min(reachesBack[item + 1], Most(problem.Predecessors[item]));
        }

        var (blocks, source) = (new List<Block>(), -1);
        for (var item = 0; item < count; item++)
        {
            if (openUntil[item] <= item && reachesBack[item + 1] >= item)
            {
                blocks.Add(new Block(source, source + 1, item));
                source = item;
            }
        }

        blocks.Add(new Block(source, source + 1, count));
        return blocks;
    }

    private static int Least(ReadOnlySpan<int> items, int none)
    {
        var least = none;
        foreach (var item in items)
        {
            least = Math.Min(least, item);
        }

        return least;
    }

    private static int Most(ReadOnlySpan<int> items)
    {
        var most = -1;
        foreach (var item in items)
        {
            most = Math.Max(most, item);
        }

        return most;
    }
}
