using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Compiler.Targets.Npu.Streams;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>One loop of a move: how far the source steps, and which axis of the result steps how many elements.</summary>
internal readonly record struct MoveAxis(int Extent, int SourceStride, int Axis, int Step = 1);

/// <summary>Where the elements of a result lie in the input.</summary>
/// <param name="Offset">Byte of the first, from the input's first.</param>
/// <param name="Axes">The loops; together they reach every element of the result once.</param>
internal sealed record Move(long Offset, IReadOnlyList<MoveAxis> Axes)
{
    /// <summary>One loop per axis of the result.</summary>
    public static Move Of(long offset, long[] extents, IEnumerable<int> sourceStrides) =>
        new(offset, [.. sourceStrides.Select((stride, axis) => new MoveAxis(checked((int)extents[axis]), stride, axis))]);
}

/// <summary>
/// Operators that put elements to other places: a view where the map can say it, so that nothing moves, else a copy by DMA. Other
/// parameters of the result follow by a table, as in ONNX Runtime, which then computes in float.
/// </summary>
internal abstract class MoveLowering : OperatorLowering
{
    public override bool TakesPlain => true;

    public override void Lower(UnitView unit, LoweringContext context)
    {
        var input = unit.Input(0)!;
        var order = context.OrderOf(input.Value);
        var source = context.Read(unit.Unit, input.Value, order);
        for (var i = 0; i < unit.Outputs.Length; i++)
        {
            var output = unit.Outputs[i];
            var given = unit.Form == UnitForm.Group ? TableLowering.Requantized(unit, context, source, input.Quantization, output.Quantization) : source;
            Place(unit, context, output, given, order, Of(unit, i, TensorAxes.Strides(given, Extents(input.Value), order)));
        }
    }

    /// <summary>The move of one result, given the bytes between neighbours along each axis of the input.</summary>
    protected abstract Move Of(UnitView unit, int result, int[] strides);

    private static void Place(UnitView unit, LoweringContext context, Operand output, Map source, MapOrder order, Move move)
    {
        var extents = Extents(output.Value);
        foreach (var candidate in (ReadOnlySpan<MapOrder>)[order, MapOrder.Plain, MapOrder.ChannelsLast])
        {
            if (View(source, extents, move, candidate) is { } view)
            {
                context.DefineView(output.Value, candidate, view);
                return;
            }
        }

        var target = context.Define(output.Value, extents.Length is 3 or 4 ? order : MapOrder.Plain);
        var strides = TensorAxes.Strides(target, extents, extents.Length is 3 or 4 ? order : MapOrder.Plain);
        var axes = move.Axes.Select(axis => new CopyAxis(axis.Extent, axis.SourceStride, checked(strides[axis.Axis] * axis.Step)));
        context.Add(new CopyLayer(unit.Unit, source with { Offset = source.Offset + move.Offset }, target, [.. axes.OrderByDescending(axis => axis.DestinationStride)]));
    }

    /// <summary>The result as a part of the source, or null when its axes are no axes of a map.</summary>
    private static Map? View(Map source, long[] extents, Move move, MapOrder order)
    {
        if (move.Axes.Count != extents.Length || move.Axes.Select(axis => axis.Axis).Distinct().Count() != extents.Length || (order == MapOrder.ChannelsLast && extents.Length is not (3 or 4)))
        {
            return null;
        }

        var strides = new int[extents.Length];
        foreach (var axis in move.Axes)
        {
            strides[axis.Axis] = axis.SourceStride;
        }

        return TensorAxes.View(source.Storage, source.Offset + move.Offset, extents, strides, order);
    }
}
