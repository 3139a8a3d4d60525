using EdgeAI.Compiler.Targets.Npu.Layers;

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
        var strides = TensorAxes.Strides(target, extents, order);
        var start = 0L;
        foreach (var operand in unit.Operands)
        {
            var part = Extents(operand!.Value);
            var source = context.Read(unit.Unit, operand.Value, order);
            source = unit.Form != UnitForm.Plain ? TableLowering.Requantized(unit, context, source, operand.Quantization, output.Quantization) : source;
            var axes = TensorAxes.Copy(part, TensorAxes.Strides(source, part, order), strides);
            context.Add(new CopyLayer(unit.Unit, source, target with { Offset = target.Offset + (start * strides[axis]) }, [.. axes]));
            start += part[axis];
        }
    }
}
