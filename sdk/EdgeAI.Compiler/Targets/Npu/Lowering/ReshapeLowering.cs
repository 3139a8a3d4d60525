using EdgeAI.Compiler.Targets.Npu.Layers;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>What only renames the extents of the same elements, and copies of equal type.</summary>
internal sealed class ReshapeLowering : OperatorLowering
{
    public override IReadOnlyList<string> Operators { get; } = ["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Cast", "Dropout"];

    public override bool TakesPlain => true;

    public override string? WhyNot(UnitView unit) =>
        unit.Anchor.Inputs.Skip(1).Any(value => value is { Constant: null }) ? "shape or axes are computed at run time; expected constants"
        : unit.Anchor.Outputs.Count(output => output is not null) != 1 ? $"{unit.Anchor.Outputs.Count} results; expected 1"
        : WhyNotSameType(unit);

    public override void Lower(UnitView unit, LoweringContext context)
    {
        var (input, output) = (unit.Input(0)!.Value, unit.Output!.Value);
        var order = input.Shape == output.Shape ? context.OrderOf(input) : MapOrder.Plain;
        var source = context.Read(unit.Unit, input, order);
        if (unit.Form == UnitForm.Group && unit.Input(0)!.Quantization != unit.Output.Quantization)
        {
            source = TableLowering.Requantized(unit, context, source, unit.Input(0)!.Quantization, unit.Output.Quantization);
        }

        context.DefineAlias(output, order, context.Dense(unit.Unit, source));
    }
}
