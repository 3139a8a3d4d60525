using EdgeAI.Graph;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>Where bytes of a program live.</summary>
internal enum StorageKind
{
    /// <summary>Made and read inside the program: SRAM or scratch DRAM, as the scheduler decides.</summary>
    Internal,
    /// <summary>A bound input, in DRAM, dense and row-major.</summary>
    Input,
    /// <summary>A bound output, likewise.</summary>
    Output,
    /// <summary>Constants, in DRAM.</summary>
    Constant,
}

/// <summary>A block of bytes that feature maps lie in.</summary>
internal sealed class Storage(StorageKind kind, long bytes, int index = 0, ReadOnlyMemory<byte> data = default)
{
    public StorageKind Kind { get; } = kind;

    public long Bytes { get; } = bytes;

    /// <summary>Place among the bound inputs or outputs.</summary>
    public int Index { get; } = index;

    /// <summary>Elements of a constant.</summary>
    public ReadOnlyMemory<byte> Data { get; } = data;

    /// <summary>First and one past the last layer that touches it, in the order that is being scheduled.</summary>
    public int FirstLayer { get; private set; } = int.MaxValue;

    /// <inheritdoc cref="FirstLayer"/>
    public int EndLayer { get; private set; }

    public void Forget() => (FirstLayer, EndLayer) = (int.MaxValue, 0);

    public void Touch(int layer) => (FirstLayer, EndLayer) = (Math.Min(FirstLayer, layer), Math.Max(EndLayer, layer + 1));
}

/// <summary>
/// Elements in a storage: [Batch, Height, Width, Channels] with channels innermost and next to each other. For a tensor
/// in ChannelsLast order these are N, H, W, C; in Plain order they are its last four extents as they are. Strides are in bytes.
/// </summary>
/// <param name="Storage">Where they lie.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Batch">Images.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Channels">Elements of a pixel.</param>
/// <param name="BatchStride">From one image to the next.</param>
/// <param name="RowStride">From one row to the next.</param>
/// <param name="PixelStride">From one pixel to the next.</param>
/// <param name="ElementBytes">1, or 4 for float32.</param>
internal sealed record Map(
    Storage Storage, long Offset, int Batch, int Height, int Width, int Channels, int BatchStride, int RowStride, int PixelStride, int ElementBytes = 1)
{
    public static Map Dense(Storage storage, int batch, int height, int width, int channels, long offset = 0, int elementBytes = 1)
    {
        var pixel = checked(channels * elementBytes);
        return checked(new Map(storage, offset, batch, height, width, channels, height * width * pixel, width * pixel, pixel, elementBytes));
    }

    public long Elements => (long)Batch * Height * Width * Channels;

    public int[] Extents => [Batch, Height, Width, Channels];

    public int[] Strides => [BatchStride, RowStride, PixelStride, ElementBytes];

    /// <summary>True when elements follow one another without gaps.</summary>
    public bool IsDense =>
        (Width == 1 || PixelStride == (long)Channels * ElementBytes)
        && (Height == 1 || RowStride == (long)Width * Channels * ElementBytes)
        && (Batch == 1 || BatchStride == (long)Height * Width * Channels * ElementBytes);

    /// <summary>True when each element lies in its storage where that of the other does in its own.</summary>
    public bool HasSamePlaces(Map other) =>
        Offset == other.Offset && ElementBytes == other.ElementBytes && Extents.AsSpan().SequenceEqual(other.Extents)
        && Extents.Zip(Strides, other.Strides).All(axis => axis.First == 1 || axis.Second == axis.Third);

    /// <summary>False when no byte belongs to both: they lie apart, or their channels beside each other in the same pixels.</summary>
    public bool MayOverlap(Map other) =>
        Storage == other.Storage && Offset < other.Offset + other.Reach && other.Offset < Offset + Reach && !IsBeside(other) && !other.IsBeside(this);

    /// <summary>Bytes from the first to the last.</summary>
    private long Reach => Extents.Zip(Strides, (extent, stride) => (extent - 1L) * stride).Sum() + ElementBytes;

    private bool IsBeside(Map other)
    {
        var start = (((other.Offset - Offset) % PixelStride) + PixelStride) % PixelStride;
        return PixelStride == other.PixelStride && HasWholePixels && other.HasWholePixels
            && start >= (long)Channels * ElementBytes && start + ((long)other.Channels * other.ElementBytes) <= PixelStride;
    }

    private bool HasWholePixels => PixelStride > 0 && (Height == 1 || RowStride % PixelStride == 0) && (Batch == 1 || BatchStride % PixelStride == 0);

    /// <summary>The same dense bytes with other extents.</summary>
    public Map Reshaped(int batch, int height, int width, int channels)
    {
        var map = IsDense ? Dense(Storage, batch, height, width, channels, Offset, ElementBytes) : throw new InvalidOperationException("A map with gaps cannot be reshaped.");
        return map.Elements == Elements ? map
            : throw new InvalidOperationException($"A map of {Elements} elements cannot be reshaped to {batch} × {height} × {width} × {channels}.");
    }
}

/// <summary>Order of a tensor's elements in memory.</summary>
internal enum MapOrder
{
    /// <summary>As the tensor's extents say, last one innermost.</summary>
    Plain,
    /// <summary>Axis 1 innermost.</summary>
    ChannelsLast,
}

/// <summary>Extents of a tensor as a map's.</summary>
internal static class MapShape
{
    /// <summary>Batch, height, width, channels; leading extents beyond four are multiplied into the batch.</summary>
    public static (int Batch, int Height, int Width, int Channels) Of(ReadOnlySpan<long> extents, MapOrder order)
    {
        var e = Padded(extents, order == MapOrder.ChannelsLast && extents.Length == 3);
        return order == MapOrder.ChannelsLast && extents.Length >= 3 ? (e[0], e[2], e[3], e[1]) : (e[0], e[1], e[2], e[3]);
    }

    /// <summary>True when both orders put the elements at the same places.</summary>
    public static bool OrdersAgree(ReadOnlySpan<long> extents)
    {
        if (extents.Length < 3)
        {
            return true;
        }

        var spatial = 1L;
        foreach (var extent in extents[2..])
        {
            spatial *= extent;
        }

        return spatial == 1 || extents[1] == 1;
    }

    private static int[] Padded(ReadOnlySpan<long> extents, bool insertHeight)
    {
        var result = new List<long>(extents.ToArray());
        if (insertHeight)
        {
            result.Insert(2, 1);
        }

        while (result.Count < 4)
        {
            result.Insert(0, 1);
        }

        while (result.Count > 4)
        {
            (result[0], result[1]) = (1, checked(result[0] * result[1]));
            result.RemoveAt(0);
        }

        return [.. result.Select(extent => checked((int)extent))];
    }

    /// <summary>The constant's bytes in the wished order.</summary>
    public static byte[] Reorder(ConstantTensor constant, MapOrder order)
    {
        var source = constant.Data.Span;
        var extents = constant.Shape.ToArray();
        if (order == MapOrder.Plain || OrdersAgree(extents))
        {
            return source.ToArray();
        }

        var (batch, height, width, channels) = Of(extents, order);
        var (result, pixels) = (new byte[source.Length], height * width);
        for (var i = 0; i < source.Length; i++)
        {
            var (n, c, p) = (i / (channels * pixels), i / pixels % channels, i % pixels);
            result[(((n * pixels) + p) * channels) + c] = source[i];
        }

        return batch * pixels * channels == source.Length ? result : throw new InvalidOperationException("A constant's bytes do not follow from its shape.");
    }
}
