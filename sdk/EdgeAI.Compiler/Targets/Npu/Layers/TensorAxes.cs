using EdgeAI.Compiler.Targets.Npu.Streams;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>How the axes of a tensor lie in a map.</summary>
internal static class TensorAxes
{
    /// <summary>Axes of a map: batch, height, width, channels.</summary>
    public const int MapRank = 4;

    /// <summary>Bytes between neighbours along each axis of the tensor. Tensors of more axes than a map has are dense.</summary>
    public static int[] Strides(Map map, ReadOnlySpan<long> extents, MapOrder order) => Places(extents.Length, order) is { } places
        ? [.. places.Select(place => map.Strides[place])]
        : Dense(extents, map.ElementBytes);

    /// <summary>The map in which a tensor has these strides, or null when a map cannot say them: its channels are not contiguous, or an axis repeats elements.</summary>
    public static Map? View(Storage storage, long offset, ReadOnlySpan<long> extents, ReadOnlySpan<int> strides, MapOrder order, int elementBytes = 1)
    {
        if (Places(extents.Length, order) is not { } places)
        {
            return null;
        }

        var (counts, steps) = (new[] { 1, 1, 1, 1 }, new int[MapRank]);
        for (var i = 0; i < places.Length; i++)
        {
            (counts[places[i]], steps[places[i]]) = (checked((int)extents[i]), strides[i]);
            if (extents[i] > 1 && (strides[i] <= 0 || (places[i] == MapRank - 1 && strides[i] != elementBytes)))
            {
                return null;
            }
        }

        steps[^1] = elementBytes;
        for (var i = MapRank - 2; i >= 0; i--)
        {
            steps[i] = counts[i] == 1 ? checked(counts[i + 1] * steps[i + 1]) : steps[i];
        }

        return new Map(storage, offset, counts[0], counts[1], counts[2], counts[3], steps[0], steps[1], steps[2], elementBytes);
    }

    /// <summary>The axes of a copy between two layouts of the same extents, outermost of the destination first.</summary>
    public static IEnumerable<CopyAxis> Copy(long[] extents, int[] from, int[] to) =>
        Enumerable.Range(0, extents.Length).OrderByDescending(i => to[i]).ThenBy(i => i).Select(i => new CopyAxis(checked((int)extents[i]), from[i], to[i]));

    /// <summary>Strides of a dense tensor.</summary>
    public static int[] Dense(ReadOnlySpan<long> extents, int elementBytes = 1)
    {
        var (strides, next) = (new int[extents.Length], (long)elementBytes);
        for (var i = extents.Length - 1; i >= 0; i--)
        {
            strides[i] = checked((int)next);
            next *= extents[i];
        }

        return strides;
    }

    /// <summary>Which axis of a map each axis of a tensor is; null where the tensor has more.</summary>
    private static int[]? Places(int rank, MapOrder order) => (rank, order) switch
    {
        ( > MapRank, _) => null,
        (3, MapOrder.ChannelsLast) => [0, 3, 2],
        (4, MapOrder.ChannelsLast) => [0, 3, 1, 2],
        _ => [.. Enumerable.Range(MapRank - rank, rank)],
    };
}
