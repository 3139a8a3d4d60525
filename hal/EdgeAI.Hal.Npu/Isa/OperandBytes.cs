namespace EdgeAI.Hal.Npu.Isa;

/// <summary>Which bytes of its range an operand touches: those of a map, or by default all.</summary>
/// <param name="Map">The map.</param>
/// <param name="PixelBytes">From the first to the last byte of a pixel; 0 for all bytes of the range.</param>
/// <param name="RowBytes">From the first to the last byte of a row.</param>
internal readonly record struct OperandBytes(FeatureMap Map, long PixelBytes, long RowBytes)
{
    /// <summary>False when no byte belongs to both. Pixels or rows of one map between those of another are told apart where their strides are equal.</summary>
    public static bool MayOverlap(in OperandRange first, in OperandBytes firstBytes, in OperandRange second, in OperandBytes secondBytes)
    {
        if (first.Address.Region != second.Address.Region
            || first.Address.Offset >= second.Address.Offset + second.ByteCount || second.Address.Offset >= first.Address.Offset + first.ByteCount)
        {
            return false;
        }

        var distance = second.Address.Offset - first.Address.Offset;
        var areMaps = firstBytes.PixelBytes > 0 && secondBytes.PixelBytes > 0;
        return !areMaps || !(firstBytes.InterleavesPixels(secondBytes, distance) || firstBytes.InterleavesRows(secondBytes, distance));
    }

    /// <summary>True when each element of one lies where that of the other does.</summary>
    public bool HasSamePlaces(in OperandBytes other) =>
        PixelBytes > 0 && PixelBytes == other.PixelBytes && Map.Address == other.Map.Address && Map.Channels == other.Map.Channels
        && (Map.Width == 1 || Map.PixelStride == other.Map.PixelStride) && (Map.Height == 1 || Map.RowStride == other.Map.RowStride);

    /// <summary>Modulo the pixel stride, of which both row strides are multiples, the pixels lie side by side.</summary>
    private bool InterleavesPixels(in OperandBytes other, long distance)
    {
        var stride = Map.PixelStride;
        return stride > 0 && stride == other.Map.PixelStride && IsMultiple(Map, stride) && IsMultiple(other.Map, stride)
            && AreSideBySide(stride, PixelBytes, other.PixelBytes, distance);
    }

    private bool InterleavesRows(in OperandBytes other, long distance) =>
        Map.RowStride > 0 && Map.RowStride == other.Map.RowStride && AreSideBySide(Map.RowStride, RowBytes, other.RowBytes, distance);

    private static bool IsMultiple(in FeatureMap map, int stride) => map.Height == 1 || map.RowStride % stride == 0;

    private static bool AreSideBySide(long stride, long first, long second, long distance)
    {
        var start = ((distance % stride) + stride) % stride;
        return start >= first && start + second <= stride;
    }
}
