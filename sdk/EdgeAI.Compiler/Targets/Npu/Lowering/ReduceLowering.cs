using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Mean, sum, maximum and minimum over axes: what is reduced becomes the pixels of a map, what stays its channels.</summary>
internal sealed class ReduceLowering : OperatorLowering
{
    private static readonly Dictionary<string, PoolKind> Kinds = new(StringComparer.Ordinal)
    {
        ["ReduceMean"] = PoolKind.GlobalAverage, ["ReduceSum"] = PoolKind.GlobalSum, ["ReduceMax"] = PoolKind.Max, ["ReduceMin"] = PoolKind.Max,
    };

    public override IReadOnlyList<string> Operators { get; } = [.. Kinds.Keys];

    public override string? WhyNot(UnitView unit)
    {
        if (unit.Activation is { } activation)
        {
            return $"{activation} follows {unit.Anchor}; expected QuantizeLinear";
        }

        return Axes(unit) is not { } axes ? "axes are computed at run time; expected constants"
            : axes.Length == 0 ? "no axes are reduced"
            : Window(Count(unit, axes)) is null ? $"{Count(unit, axes)} elements per result do not form rows and columns of at most {StreamVerifier.LargestWindow}" : null;
    }

    public override void Lower(UnitView unit, LoweringContext context)
    {
        var (input, output) = (unit.Input(0)!, unit.Output!);
        var source = Pixels(unit, context, Axes(unit)!);
        var target = context.DefineDense(output.Value, MapOrder.Plain);
        target = target.Reshaped(source.Batch, 1, 1, source.Channels);
        var geometry = new WindowGeometry(new WindowAxis(source.Height), new WindowAxis(source.Width));
        if (Kinds[unit.Operator] != PoolKind.Max)
        {
            var kernel = new PoolKernel(Kinds[unit.Operator], source.Channels, geometry.Taps, input.Quantization, output.Quantization);
            context.Add(new WindowLayer(unit.Unit, geometry, kernel, source, target));
            return;
        }

        source = unit.Operator == "ReduceMin" ? TableLowering.Mapped(unit, context, source, input.Quantization, Mirror) : source;
        var (between, real) = (LoweringContext.Temporary(target.Batch, 1, 1, target.Channels), input.Quantization);
        context.Add(new WindowLayer(unit.Unit, geometry, new PoolKernel(PoolKind.Max, source.Channels, geometry.Taps, real, real), source, between));
        var table = TableKernel.Of(real, q => output.Quantization.Quantize(real.Dequantize(unit.Operator == "ReduceMin" ? Mirror(q) : q)));
        context.Add(new ElementwiseLayer(unit.Unit, table, [between], target));

        int Mirror(int q) => input.Quantization.Minimum + input.Quantization.Maximum - q;
    }

    /// <summary>The input with the reduced axes as height and width. Rows and columns of a picture lie so already.</summary>
    private static Map Pixels(UnitView unit, LoweringContext context, int[] axes)
    {
        var (value, extents) = (unit.Input(0)!.Value, Extents(unit.Input(0)!.Value));
        if (extents.Length is 4 && axes.SequenceEqual([2, 3]) && context.OrderOf(value) == MapOrder.ChannelsLast && Math.Max(extents[2], extents[3]) <= StreamVerifier.LargestWindow)
        {
            return context.Read(unit.Unit, value, MapOrder.ChannelsLast);
        }

        var order = context.OrderOf(value);
        var from = context.Read(unit.Unit, value, order);
        var strides = TensorAxes.Strides(from, extents, order);
        int[] kept = [.. Enumerable.Range(0, extents.Length).Except(axes)];
        var (height, width) = Window(Count(unit, axes))!.Value;
        var target = LoweringContext.Temporary(1, height, width, checked((int)kept.Aggregate(1L, (product, axis) => product * extents[axis])));
        int[] all = [.. axes, .. kept];
        long[] turned = [.. all.Select(axis => extents[axis])];
        context.Add(new CopyLayer(unit.Unit, from, target, [.. TensorAxes.Copy(turned, [.. all.Select(axis => strides[axis])], TensorAxes.Dense(turned))]));
        return target;
    }

    /// <summary>Rows and columns that a count of pixels falls into.</summary>
    private static (int Height, int Width)? Window(long count)
    {
        for (var height = 1; height <= StreamVerifier.LargestWindow; height++)
        {
            if (count % height == 0 && count / height <= StreamVerifier.LargestWindow)
            {
                return (height, (int)(count / height));
            }
        }

        return null;
    }

    private static long Count(UnitView unit, int[] axes) => axes.Aggregate(1L, (product, axis) => product * Extents(unit.Input(0)!.Value)[axis]);

    /// <summary>The reduced axes in order: an operand, an attribute, or all; null when they come at run time.</summary>
    private static int[]? Axes(UnitView unit)
    {
        var (node, rank) = (unit.Anchor, unit.Input(0)!.Value.Shape.Rank);
        var given = node.Input(1) is { } operand ? operand.Constant?.ToInt64() : node.Attributes.Ints("axes") is { IsDefault: false } ints ? [.. ints] : [];
        return given is null ? null
            : given.Length > 0 ? [.. given.Select(axis => (int)(axis < 0 ? axis + rank : axis)).Order().Distinct()]
            : node.Attributes.Int("noop_with_empty_axes", 0) != 0 ? [] : [.. Enumerable.Range(0, rank)];
    }
}
