using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Compiler.Targets.Npu.Streams;
using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>
/// Turns units into layers: knows where each value's elements lie and in which order, and adds copies where an operator
/// needs the other order.
/// </summary>
internal sealed class LoweringContext
{
    private readonly List<Layer> _layers = [];
    private readonly Dictionary<(Value, MapOrder), Map> _maps = [];
    private readonly Dictionary<Value, int> _outputs = [];
    private readonly Dictionary<Value, ResultPart> _parts = [];

    /// <summary>The layers so far, in order.</summary>
    public IReadOnlyList<Layer> Layers => _layers;

    /// <summary>Declares a value that is bound as an input.</summary>
    public void AddInput(Value value, int index) =>
        _maps[(value, MapOrder.Plain)] = MapOf(value, MapOrder.Plain, new Storage(StorageKind.Input, BytesOf(value), index));

    /// <summary>Announces a bound output that nothing in the segment reads: it may be made where it is bound.</summary>
    public void AnnounceOutput(Value value, int index) => _outputs[value] = index;

    /// <summary>Announces that a value is a part of another result: it may be made where it belongs.</summary>
    public void AnnouncePart(Value value, ResultPart part) => _parts.TryAdd(value, part);

    /// <summary>The order and place of a result that is made in parts: where the first of them has put it, or a new one.</summary>
    public (Map Target, MapOrder Order) DefineWhole(Value value, MapOrder order) => Whole(value) ?? (Define(value, order), order);

    private (Map Target, MapOrder Order)? Whole(Value value)
    {
        foreach (var known in (ReadOnlySpan<MapOrder>)[MapOrder.Plain, MapOrder.ChannelsLast])
        {
            if (_maps.TryGetValue((value, known), out var map))
            {
                return (map, known);
            }
        }

        return null;
    }

    /// <summary>Copies a value to a bound output, unless it was made there.</summary>
    public void AddOutput(GraphUnit unit, Value value, int index)
    {
        var order = OrderOf(value);
        if (_maps[(value, order)].Storage.Kind == StorageKind.Output)
        {
            return;
        }

        var target = MapOf(value, MapOrder.Plain, new Storage(StorageKind.Output, BytesOf(value), index));
        Add(order == MapOrder.Plain || MapShape.OrdersAgree(Extents(value))
            ? CopyLayer.Same(unit, Read(unit, value, MapOrder.Plain), target)
            : Reordering(unit, value, Read(unit, value, order), target, MapOrder.Plain));
    }

    public void Add(Layer layer) => _layers.Add(layer);

    /// <summary>The order in which a value's elements were made.</summary>
    public MapOrder OrderOf(Value value) =>
        value.Constant is null && !_maps.ContainsKey((value, MapOrder.Plain)) ? MapOrder.ChannelsLast : MapOrder.Plain;

    /// <summary>The elements of a value in the wished order; reorders them once where they lie in the other one.</summary>
    public Map Read(GraphUnit unit, Value value, MapOrder order)
    {
        if (_maps.TryGetValue((value, order), out var map))
        {
            return map;
        }

        if (value.Constant is { } constant)
        {
            return _maps[(value, order)] = MapOf(value, order, new Storage(StorageKind.Constant, constant.Data.Length, 0, MapShape.Reorder(constant, order)));
        }

        var other = order == MapOrder.Plain ? MapOrder.ChannelsLast : MapOrder.Plain;
        var found = _maps[(value, other)];
        var extents = Extents(value);
        var again = MapShape.OrdersAgree(extents)
            ? TensorAxes.View(found.Storage, found.Offset, extents, TensorAxes.Strides(found, extents, other), order, found.ElementBytes) : null;
        return _maps[(value, order)] = again ?? Reorder(unit, value, found, order);
    }

    /// <summary>The same, without gaps between elements.</summary>
    public Map ReadDense(GraphUnit unit, Value value, MapOrder order) => Dense(unit, Read(unit, value, order));

    /// <summary>A map without gaps; itself where it has none.</summary>
    public Map Dense(GraphUnit unit, Map map)
    {
        if (map.IsDense)
        {
            return map;
        }

        var target = Temporary(map.Batch, map.Height, map.Width, map.Channels);
        Add(CopyLayer.Same(unit, map, target));
        return target;
    }

    /// <summary>A value as if its shape had leading extents of 1 up to a rank, as broadcasting has it.</summary>
    public Map ReadAligned(GraphUnit unit, Value value, int rank, MapOrder order)
    {
        if (value.Shape.Rank == rank)
        {
            return Read(unit, value, order);
        }

        var (plain, own, missing) = (Read(unit, value, MapOrder.Plain), Extents(value), rank - value.Shape.Rank);
        long[] extents = [.. Enumerable.Repeat(1L, missing), .. own];
        int[] strides = [.. new int[missing], .. TensorAxes.Strides(plain, own, MapOrder.Plain)];
        if (TensorAxes.View(plain.Storage, plain.Offset, extents, strides, order) is { } view)
        {
            return view;
        }

        var (batch, height, width, channels) = MapShape.Of(extents, order);
        var target = Temporary(batch, height, width, channels);
        Add(new CopyLayer(unit, plain, target, [.. TensorAxes.Copy(extents, strides, TensorAxes.Strides(target, extents, order))]));
        return target;
    }

    /// <summary>A new map for a unit's result: a part of another where that is announced, the bound output where nothing else reads it.</summary>
    public Map Define(Value value, MapOrder order) => Part(value, order) ?? DefineDense(value, order);

    /// <summary>A new map without gaps for a unit's result.</summary>
    public Map DefineDense(Value value, MapOrder order)
    {
        var isBound = _outputs.TryGetValue(value, out var index) && (order == MapOrder.Plain || MapShape.OrdersAgree(Extents(value)));
        var storage = isBound ? new Storage(StorageKind.Output, BytesOf(value), index) : new Storage(StorageKind.Internal, BytesOf(value));
        return _maps[(value, order)] = MapOf(value, order, storage);
    }

    private Map? Part(Value value, MapOrder order)
    {
        if (!_parts.TryGetValue(value, out var part))
        {
            return null;
        }

        var isNew = Whole(part.Whole) is null;
        var (whole, made) = DefineWhole(part.Whole, order);
        var view = made == order ? part.In(whole, order, Extents(value)) : null;
        if (view is not null && isNew && part.Fill is { } fill)
        {
            Add(new FillLayer(fill.Unit, whole, fill.Value));
        }

        return view is null ? null : _maps[(value, order)] = view;
    }

    /// <summary>A result that is the bytes of another dense map under other extents.</summary>
    public void DefineAlias(Value value, MapOrder order, Map source)
    {
        var (batch, height, width, channels) = MapShape.Of(Extents(value), order);
        _maps[(value, order)] = source.Reshaped(batch, height, width, channels);
    }

    /// <summary>A result that is a part of what there is already.</summary>
    public void DefineView(Value value, MapOrder order, Map view) => _maps[(value, order)] = view;

    /// <summary>A map of bytes for what no value names.</summary>
    public static Map Temporary(int batch, int height, int width, int channels) =>
        Map.Dense(new Storage(StorageKind.Internal, checked((long)batch * height * width * channels)), batch, height, width, channels);

    public static long[] Extents(Value value) => value.Shape.ToArray();

    private static int ElementBytes(Value value) => value.Element == DataType.Float32 ? sizeof(float) : 1;

    private static long BytesOf(Value value) => checked(value.Shape.ElementCount * ElementBytes(value));

    private static Map MapOf(Value value, MapOrder order, Storage storage)
    {
        var (batch, height, width, channels) = MapShape.Of(Extents(value), order);
        return Map.Dense(storage, batch, height, width, channels, elementBytes: ElementBytes(value));
    }

    private Map Reorder(GraphUnit unit, Value value, Map source, MapOrder order)
    {
        var target = MapOf(value, order, new Storage(StorageKind.Internal, BytesOf(value)));
        Add(Reordering(unit, value, source, target, order));
        return target;
    }

    private static CopyLayer Reordering(GraphUnit unit, Value value, Map source, Map target, MapOrder order)
    {
        var (extents, other) = (Extents(value), order == MapOrder.Plain ? MapOrder.ChannelsLast : MapOrder.Plain);
        var axes = TensorAxes.Copy(extents, TensorAxes.Strides(source, extents, other), TensorAxes.Strides(target, extents, order)).ToImmutableArray();
        return new CopyLayer(unit, source, target, order == MapOrder.Plain ? WithMergedPixels(axes) : axes);
    }

    /// <summary>Rows and columns as one axis where both sides step on evenly.</summary>
    private static ImmutableArray<CopyAxis> WithMergedPixels(ImmutableArray<CopyAxis> axes)
    {
        if (axes.Length < TensorAxes.MapRank)
        {
            return axes;
        }

        var (row, pixel) = (axes[^2], axes[^1]);
        var isEven = row.SourceStride == (long)pixel.SourceStride * pixel.Extent && row.DestinationStride == (long)pixel.DestinationStride * pixel.Extent;
        return isEven ? axes[..^2].Add(pixel with { Extent = checked(row.Extent * pixel.Extent) }) : axes;
    }
}

/// <summary>Where a value lies in another one.</summary>
/// <param name="Whole">The other one.</param>
/// <param name="Starts">The first element along each axis.</param>
/// <param name="Fill">What the whole is filled with before, for the unit that asks for it; null where parts make up all of it.</param>
internal sealed record ResultPart(Value Whole, long[] Starts, (GraphUnit Unit, byte Value)? Fill = null)
{
    /// <summary>The part in a map of the whole; null where a map cannot say it.</summary>
    public Map? In(Map whole, MapOrder order, long[] extents)
    {
        var strides = TensorAxes.Strides(whole, LoweringContext.Extents(Whole), order);
        return TensorAxes.View(whole.Storage, whole.Offset + Starts.Select((start, axis) => start * strides[axis]).Sum(), extents, strides, order, whole.ElementBytes);
    }
}
