using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Compiler.Targets.Npu.Streams;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Concat: copies into parts of the result; operands of other parameters pass a table, as in QLinearConcat.</summary>
internal sealed class ConcatLowering : OperatorLowering
{
    public override IReadOnlyList<string> Operators { get; } = ["Concat"];

    public override bool TakesPlain => true;

    public override bool TakesConstantOperands => true;

    public override string? WhyNot(UnitView unit)
    {
        var count = unit.Form == UnitForm.Integer ? unit.Operands.Length : unit.Anchor.Inputs.Count;
        var types = unit.Operands.Select(operand => operand?.Type).Append(unit.Output!.Type).Distinct().ToList();
        return unit.Operands.Length != count || unit.Operands.Contains(null) ? "an operand is not quantized; expected 8-bit operands"
            : types.Count > 1 ? $"operands and result are {string.Join(", ", types)}; expected one type" : null;
    }

    public override void Lower(UnitView unit, LoweringContext context)
    {
        var output = unit.Output!;
        var extents = Extents(output.Value);
        var axis = (int)unit.Anchor.Attributes.Int("axis", 1);
        axis = axis < 0 ? axis + extents.Length : axis;
        var order = extents.Length is 3 or 4 ? context.OrderOf(unit.RunTimeInputs.First().Value) : MapOrder.Plain;
        var target = context.Define(output.Value, order);
        var start = 0L;
        foreach (var operand in unit.Operands)
        {
            var part = Extents(operand!.Value);
            var source = context.Read(unit.Unit, operand.Value, order);
            var requantized = unit.Form != UnitForm.Plain ? TableLowering.Requantized(unit, context, source, operand.Quantization, output.Quantization) : source;
            context.Add(new CopyLayer(unit.Unit, requantized, target with { Offset = target.Offset + Place(extents, axis, start, order) }, Axes(part, extents, order)));
            start += part[axis];
        }
    }

    /// <summary>Byte of the result where slice <paramref name="start"/> of the axis begins.</summary>
    private static long Place(long[] extents, int axis, long start, MapOrder order) => start * Strides(extents, order)[axis];

    private static System.Collections.Immutable.ImmutableArray<CopyAxis> Axes(long[] part, long[] whole, MapOrder order)
    {
        var (from, to) = (Strides(part, order), Strides(whole, order));
        return [.. Enumerable.Range(0, part.Length).OrderByDescending(i => to[i]).ThenBy(i => i)
            .Select(i => checked(new CopyAxis((int)part[i], (int)from[i], (int)to[i])))];
    }

    /// <summary>Bytes between neighbours along each axis of the tensor.</summary>
    internal static long[] Strides(long[] extents, MapOrder order)
    {
        var rank = extents.Length;
        var axes = order == MapOrder.ChannelsLast && rank > 2
            ? [1, .. Enumerable.Range(2, rank - 2).Reverse(), 0]
            : Enumerable.Range(0, rank).Reverse().ToArray();
        var (strides, next) = (new long[rank], 1L);
        foreach (var axis in axes)
        {
            strides[axis] = next;
            next = checked(next * extents[axis]);
        }

        return strides;
    }
}
