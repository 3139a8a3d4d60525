using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Makespan;

/// <summary>Blocks for the makespan, which has to know when each value comes.</summary>
internal static class JoinedBlocks
{
    private const int MostJoined = 9;

    /// <summary>Joins neighbors while a value passes by the clean item between them, so that it is inside; blocks stay small.</summary>
    public static List<Block> Cut(DenseProblem problem)
    {
        var blocks = problem.Blocks;
        var passes = new bool[problem.ItemCount + 1];
        for (var item = 0; item < problem.ItemCount; item++)
        {
            foreach (var successor in problem.Successors[item])
            {
                passes.AsSpan((item + 1)..successor).Fill(true);
            }
        }

        var joined = new List<Block> { blocks[0] };
        foreach (var block in blocks.Skip(1))
        {
            var last = joined[^1];
            var fits = last.Sink < problem.ItemCount && passes[last.Sink] && block.Sink - last.First <= MostJoined;
            if (fits)
            {
                joined[^1] = new Block(last.Source, last.First, block.Sink);
            }
            else
            {
                joined.Add(block);
            }
        }

        return joined;
    }
}
