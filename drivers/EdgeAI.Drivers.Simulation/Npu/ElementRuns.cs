using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>
/// How the elements of maps of equal extents fall into runs in which each map steps by its element size or stands still: dense maps give
/// one long run, strided ones a run per row or pixel.
/// </summary>
internal readonly record struct ElementRuns(int Rows, int RunsPerRow, int Length)
{
    public static ElementRuns Of(params ReadOnlySpan<FeatureMap> maps)
    {
        var (height, width, channels) = (maps[0].Height, maps[0].Width, maps[0].Channels);
        var wholeRows = true;
        var wholeMap = true;
        foreach (var map in maps)
        {
            wholeRows &= width == 1 || map.PixelStride == (long)channels * Step(map);
            wholeMap &= height == 1 || map.RowStride == (long)width * channels * Step(map);
        }

        return (wholeRows, wholeRows && wholeMap && (long)height * width * channels <= int.MaxValue) switch
        {
            (_, true) => new(1, 1, height * width * channels),
            (true, _) => new(height, 1, width * channels),
            _ => new(height, width, channels),
        };
    }

    /// <summary>Bytes from one element of a run to the next. A map of one channel that broadcasts or is strided over pixels has runs of one element.</summary>
    private static int Step(in FeatureMap map) => map.ChannelStride;
}
