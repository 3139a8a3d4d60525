using System.Collections.Immutable;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Compiler.Targets.Dsp;

/// <summary>The dimensions of a loop as the unit runs it: kept ones first, reduced ones last, neighbours merged where all streams allow it.</summary>
internal sealed record LoopLayout(ImmutableArray<long> Extents, int ReduceRank, bool IsVertical, ImmutableArray<Walk> Streams)
{
    private const int LargestTile = 1024;
    private const int TileBudget = 64 * 1024;

    /// <summary>Sums of at most so many elements are added up lane by lane: folding lanes would cost more.</summary>
    private const long ShortReduction = 32;

    public static LoopLayout Of(ImmutableArray<long> extents, IReadOnlyList<Walk> streams, Func<int, bool> isReduced)
    {
        var order = Enumerable.Range(0, extents.Length).Where(i => extents[i] > 1).OrderBy(isReduced).ToList(); // OrderBy is stable
        var groups = new List<List<int>>();
        foreach (var dimension in order)
        {
            if (groups.Count > 0 && isReduced(groups[^1][0]) == isReduced(dimension) && streams.All(walk => IsMergeable(walk, groups[^1][^1], dimension, extents)))
            {
                groups[^1].Add(dimension);
            }
            else
            {
                groups.Add([dimension]);
            }
        }

        return Make(groups, extents, streams, isReduced);
    }

    /// <summary>As many elements as fit the budget twice over for all streams.</summary>
    public static int TileElements(ImmutableArray<Walk> streams)
    {
        var bytes = 2 * streams.Sum(walk => walk.Memory.ElementBytes);
        var tile = LargestTile;
        while (tile > 32 && tile * bytes > TileBudget)
        {
            tile /= 2;
        }

        return tile;
    }

    private static LoopLayout Make(List<List<int>> groups, ImmutableArray<long> extents, IReadOnlyList<Walk> streams, Func<int, bool> isReduced)
    {
        var reduceRank = groups.Count(group => isReduced(group[0]));
        var hasReduction = Enumerable.Range(0, extents.Length).Any(isReduced);
        if (groups.Count == 0 || (hasReduction && reduceRank == 0))
        {
            groups.Add([]); // everything has extent 1: one step, reduced if asked for
            reduceRank = hasReduction ? 1 : 0;
        }

        ImmutableArray<long> merged = [.. groups.Select(group => group.Aggregate(1L, (product, i) => product * extents[i]))];
        ImmutableArray<Walk> walks = [.. streams.Select(walk => walk with { Strides = [.. groups.Select(group => group.Count == 0 ? 0 : walk.Strides[group[^1]])] })];
        return new(merged, reduceRank, IsBestVertical(merged, reduceRank, walks), walks);
    }

    private static bool IsBestVertical(ImmutableArray<long> extents, int reduceRank, ImmutableArray<Walk> streams)
    {
        var kept = extents.Length - reduceRank;
        if (reduceRank == 0 || kept == 0)
        {
            return false;
        }

        var reduced = InstructionTiming.Product(extents.AsSpan()[kept..]);
        return reduced <= ShortReduction || (streams[0].Strides[kept - 1] == 1 && streams[0].Strides[^1] != 1);
    }

    private static bool IsMergeable(Walk walk, int outer, int inner, ImmutableArray<long> extents) =>
        walk.Strides[outer] == walk.Strides[inner] * extents[inner];
}
