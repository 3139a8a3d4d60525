using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Hal;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Pad: constant by a fill, between which the operand is made where it can be, else copied; edge, reflect and wrap by picking rows and columns again.</summary>
internal sealed class PadLowering : OperatorLowering
{
    public override IReadOnlyList<string> Operators { get; } = ["Pad"];

    public override bool TakesPlain => true;

    public override string? WhyNot(UnitView unit)
    {
        if (WhyNotSameType(unit) is { } reason)
        {
            return reason;
        }

        var mode = Mode(unit);
        return Pads(unit) is not { } pads ? "pads or axes are computed at run time, or do not fit the shape; expected constants"
            : Value(unit) is null ? "the value is computed at run time; expected a constant"
            : mode == "constant" ? null
            : mode is not ("edge" or "reflect" or "wrap") ? $"mode '{mode}'; expected constant, edge, reflect or wrap"
            : Extents(unit.Input(0)!.Value).Where((extent, axis) => Math.Max(pads.Before[axis], pads.After[axis]) > extent - (mode == "reflect" ? 1 : 0)).Any()
                ? $"mode '{mode}' pads by more than the extent" : null;
    }

    public override void Lower(UnitView unit, LoweringContext context)
    {
        var pads = Pads(unit)!;
        if (Mode(unit) != "constant")
        {
            var extents = Extents(unit.Input(0)!.Value);
            GatherLowering.Pick(unit, context, [.. extents.Select((extent, axis) => Indices(Mode(unit), (int)extent, pads.Before[axis], pads.After[axis]))]);
            return;
        }

        var (input, output) = (unit.Input(0)!, unit.Output!);
        var (target, order) = context.DefineWhole(output.Value, context.OrderOf(input.Value));
        var source = context.Read(unit.Unit, input.Value, order);
        var place = pads.OnlyWiden ? Part(unit, pads).In(target, order, Extents(input.Value)) : null;
        if (source == place)
        {
            return;
        }

        context.Add(new FillLayer(unit.Unit, target, (byte)Value(unit)!.Value));
        source = unit.Form == UnitForm.Group ? TableLowering.Requantized(unit, context, source, input.Quantization, output.Quantization, place) : source;
        if (source != place)
        {
            Inside(unit, context, new Placed(source, Extents(input.Value)), new Placed(target, Extents(output.Value)), pads, order);
        }
    }

    /// <summary>Announces an operand that can be made between its pads: of the result's parameters, which are filled in before.</summary>
    public static void Announce(UnitView unit, LoweringContext context)
    {
        var input = unit.Input(0)!;
        var isAlike = unit.Form == UnitForm.Plain || input.Quantization == unit.Output!.Quantization;
        if (Mode(unit) == "constant" && !input.IsConstant && isAlike && Pads(unit) is { OnlyWiden: true } pads)
        {
            context.AnnouncePart(input.Value, Part(unit, pads));
        }
    }

    private static ResultPart Part(UnitView unit, AxisPads pads) => new(unit.Output!.Value, pads.Before, (unit.Unit, (byte)Value(unit)!.Value));

    /// <summary>A tensor in a map.</summary>
    private sealed record Placed(Map Map, long[] Extents);

    /// <summary>Pads of each axis; negative ones crop.</summary>
    private sealed record AxisPads(long[] Before, long[] After)
    {
        public bool OnlyWiden => Before.Concat(After).All(pad => pad >= 0);
    }

    /// <summary>Copies what the pads leave of the input to where they leave room for it.</summary>
    private static void Inside(UnitView unit, LoweringContext context, Placed from, Placed to, AxisPads pads, MapOrder order)
    {
        var (source, target) = (TensorAxes.Strides(from.Map, from.Extents, order), TensorAxes.Strides(to.Map, to.Extents, order));
        var (fromOffset, toOffset, extents) = (0L, 0L, new long[from.Extents.Length]);
        for (var i = 0; i < extents.Length; i++)
        {
            fromOffset += Math.Max(0, -pads.Before[i]) * source[i];
            toOffset += Math.Max(0, pads.Before[i]) * target[i];
            extents[i] = from.Extents[i] + Math.Min(0, pads.Before[i]) + Math.Min(0, pads.After[i]);
        }

        if (extents.All(extent => extent > 0))
        {
            context.Add(new CopyLayer(
                unit.Unit, from.Map with { Offset = from.Map.Offset + fromOffset }, to.Map with { Offset = to.Map.Offset + toOffset }, [.. TensorAxes.Copy(extents, source, target)]));
        }
    }

    /// <summary>Positions of the input along a padded axis; null where nothing is padded.</summary>
    private static int[]? Indices(string mode, int extent, long before, long after)
    {
        return before == 0 && after == 0 ? null : [.. Enumerable.Range(-(int)before, checked((int)(extent + before + after))).Select(At)];

        int At(int position) => mode switch
        {
            "edge" => Math.Clamp(position, 0, extent - 1),
            "wrap" => (position + extent) % extent,
            _ => position < 0 ? -position : position >= extent ? (2 * (extent - 1)) - position : position,
        };
    }

    private static string Mode(UnitView unit) => unit.Anchor.Attributes.Text("mode", "constant");

    private static AxisPads? Pads(UnitView unit)
    {
        var (node, extents) = (unit.Anchor, Extents(unit.Input(0)!.Value));
        var list = node.Input(1)?.Constant?.ToInt64() ?? (node.Attributes.Ints("pads") is { IsDefault: false } ints ? [.. ints] : null);
        var axes = node.Input(3) is null ? [.. Enumerable.Range(0, extents.Length).Select(axis => (long)axis)] : node.Input(3)!.Constant?.ToInt64();
        if (list is null || axes is null || list.Length != 2 * axes.Length)
        {
            return null;
        }

        var pads = new AxisPads(new long[extents.Length], new long[extents.Length]);
        for (var i = 0; i < axes.Length; i++)
        {
            var axis = axes[i] < 0 ? axes[i] + extents.Length : axes[i];
            if (axis < 0 || axis >= extents.Length)
            {
                return null;
            }

            (pads.Before[axis], pads.After[axis]) = (list[i], list[axes.Length + i]);
        }

        var expected = Extents(unit.Output!.Value);
        return extents.Select((extent, axis) => extent + pads.Before[axis] + pads.After[axis]).SequenceEqual(expected) ? pads : null;
    }

    /// <summary>The integer that padding gets, or null when it is not constant.</summary>
    private static int? Value(UnitView unit)
    {
        var (node, output) = (unit.Anchor, unit.Output!.Quantization);
        if (unit.Form != UnitForm.Group)
        {
            return node.Input(2) is null ? 0 : node.Input(2)!.Constant is { Shape.ElementCount: 1 } plain ? (int)plain.ToInt64()[0] : null;
        }

        return unit.Input(2) is { Value.Constant: { Shape.ElementCount: 1 } quantized } operand ? output.Quantize(operand.Quantization.Dequantize((int)quantized.ToInt64()[0]))
            : unit.Input(2) is not null ? null
            : node.Input(2) is null ? output.Quantize(node.Attributes.Float("value", 0))
            : node.Input(2)!.Constant is { Type: DataType.Float32, Shape.ElementCount: 1 } real ? output.Quantize(real.AsSpan<float>()[0]) : null;
    }
}
