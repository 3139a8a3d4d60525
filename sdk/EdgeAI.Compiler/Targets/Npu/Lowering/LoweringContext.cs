using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Compiler.Targets.Npu.Streams;
using EdgeAI.Graph;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>
/// Turns units into layers: knows where each value's elements lie and in which order, and adds copies where an operator
/// needs the other order.
/// </summary>
internal sealed class LoweringContext
{
    private readonly List<Layer> _layers = [];
    private readonly Dictionary<(Value, MapOrder), Map> _maps = [];

    /// <summary>The layers so far, in order.</summary>
    public IReadOnlyList<Layer> Layers => _layers;

    /// <summary>Declares a value that is bound as an input.</summary>
    public void AddInput(Value value, int index) =>
        _maps[(value, MapOrder.Plain)] = MapOf(value, MapOrder.Plain, new Storage(StorageKind.Input, value.Shape.ElementCount, index));

    /// <summary>Copies a value to a bound output.</summary>
    public void AddOutput(GraphUnit unit, Value value, int index)
    {
        var target = MapOf(value, MapOrder.Plain, new Storage(StorageKind.Output, value.Shape.ElementCount, index));
        var order = OrderOf(value);
        Add(order == MapOrder.Plain || MapShape.OrdersAgree(Extents(value))
            ? CopyLayer.Same(unit, Read(unit, value, MapOrder.Plain), target)
            : Reordering(unit, value, Read(unit, value, order), target, toPlain: true));
    }

    public void Add(Layer layer)
    {
        foreach (var map in layer.Inputs.Append(layer.Output))
        {
            map.Storage.Touch(_layers.Count);
        }

        _layers.Add(layer);
    }

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
        return _maps[(value, order)] = MapShape.OrdersAgree(Extents(value))
            ? Again(value, found, order)
            : Reorder(unit, value, found, order);
    }

    /// <summary>A new map for a unit's result.</summary>
    public Map Define(Value value, MapOrder order) =>
        _maps[(value, order)] = MapOf(value, order, new Storage(StorageKind.Internal, value.Shape.ElementCount));

    /// <summary>A result that is the bytes of another map under other extents.</summary>
    public void DefineAlias(Value value, MapOrder order, Map source) => _maps[(value, order)] = Again(value, source, order);

    /// <summary>A map for what no value names.</summary>
    public static Map Temporary(int batch, int height, int width, int channels) =>
        Map.Dense(new Storage(StorageKind.Internal, checked((long)batch * height * width * channels)), batch, height, width, channels);

    public static long[] Extents(Value value) => value.Shape.ToArray();

    private static Map MapOf(Value value, MapOrder order, Storage storage)
    {
        var (batch, height, width, channels) = MapShape.Of(Extents(value), order);
        return Map.Dense(storage, batch, height, width, channels);
    }

    private static Map Again(Value value, Map source, MapOrder order)
    {
        var (batch, height, width, channels) = MapShape.Of(Extents(value), order);
        return source.Reshaped(batch, height, width, channels);
    }

    private Map Reorder(GraphUnit unit, Value value, Map source, MapOrder order)
    {
        var target = MapOf(value, order, new Storage(StorageKind.Internal, value.Shape.ElementCount));
        Add(Reordering(unit, value, source, target, order == MapOrder.Plain));
        return target;
    }

    private static CopyLayer Reordering(GraphUnit unit, Value value, Map source, Map target, bool toPlain)
    {
        var (batch, height, width, channels) = MapShape.Of(Extents(value), MapOrder.ChannelsLast);
        var pixels = checked(height * width);
        var size = checked(pixels * channels);
        var axes = toPlain
            ? ImmutableArray.Create(new CopyAxis(batch, size, size), new CopyAxis(channels, 1, pixels), new CopyAxis(pixels, channels, 1))
            : [new CopyAxis(batch, size, size), new CopyAxis(height, width, width * channels), new CopyAxis(width, 1, channels), new CopyAxis(channels, pixels, 1)];
        return new CopyLayer(unit, source, target, axes);
    }
}
