using EdgeAI.Compiler.Targets.Npu.Layers;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Concat: operands are made as parts of the result where they can be, else copied there; those of other parameters pass a table, as in QLinearConcat.</summary>
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
        var wished = extents.Length is 3 or 4 ? context.OrderOf(unit.RunTimeInputs.First().Value) : MapOrder.Plain;
        var (target, order) = context.DefineWhole(output.Value, wished);
        var strides = TensorAxes.Strides(target, extents, order);
        foreach (var (operand, start) in Parts(unit))
        {
            var source = context.Read(unit.Unit, operand.Value, order);
            var (part, offset) = (Extents(operand.Value), target.Offset + (start * strides[Axis(unit)]));
            var place = Part(unit, start).In(target, order, part);
            source = unit.Form != UnitForm.Plain ? TableLowering.Requantized(unit, context, source, operand.Quantization, output.Quantization, place) : source;
            if (source != place)
            {
                var axes = TensorAxes.Copy(part, TensorAxes.Strides(source, part, order), strides);
                context.Add(new CopyLayer(unit.Unit, source, target with { Offset = offset }, [.. axes]));
            }
        }
    }

    /// <summary>Announces the operands that can be made where they belong: of the result's parameters, each in one place.</summary>
    public static void Announce(UnitView unit, LoweringContext context)
    {
        var output = unit.Output!;
        foreach (var (operand, start) in Parts(unit))
        {
            var isAlike = unit.Form == UnitForm.Plain || operand.Quantization == output.Quantization;
            if (!operand.IsConstant && isAlike && unit.Operands.Count(other => other!.Value == operand.Value) == 1)
            {
                context.AnnouncePart(operand.Value, Part(unit, start));
            }
        }
    }

    /// <summary>The operands and where each begins along the axis.</summary>
    private static IEnumerable<(Operand Operand, long Start)> Parts(UnitView unit)
    {
        var start = 0L;
        foreach (var operand in unit.Operands)
        {
            yield return (operand!, start);
            start += Extents(operand!.Value)[Axis(unit)];
        }
    }

    private static ResultPart Part(UnitView unit, long start)
    {
        var starts = new long[unit.Output!.Value.Shape.Rank];
        starts[Axis(unit)] = start;
        return new ResultPart(unit.Output.Value, starts);
    }

    private static int Axis(UnitView unit)
    {
        var axis = (int)unit.Anchor.Attributes.Int("axis", 1);
        return axis < 0 ? axis + unit.Output!.Value.Shape.Rank : axis;
    }
}
