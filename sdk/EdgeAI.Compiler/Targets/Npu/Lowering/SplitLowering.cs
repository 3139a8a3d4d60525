namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Split: views of the input, one after the other along an axis.</summary>
internal sealed class SplitLowering : MoveLowering
{
    public override IReadOnlyList<string> Operators { get; } = ["Split"];

    public override bool GivesSeveral => true;

    public override string? WhyNot(UnitView unit)
    {
        var total = unit.Outputs.Sum(output => Extents(output.Value)[Axis(unit)]);
        return WhyNotSameType(unit) ?? (total == Extents(unit.Input(0)!.Value)[Axis(unit)] ? null
            : $"results of {total} along axis {Axis(unit)} of {unit.Input(0)!.Value.Shape}; expected all of it");
    }

    protected override Move Of(UnitView unit, int result, int[] strides)
    {
        var start = unit.Outputs.Take(result).Sum(output => Extents(output.Value)[Axis(unit)]);
        return Move.Of(start * strides[Axis(unit)], Extents(unit.Outputs[result].Value), strides);
    }

    private static int Axis(UnitView unit)
    {
        var (axis, rank) = ((int)unit.Anchor.Attributes.Int("axis", 0), unit.Input(0)!.Value.Shape.Rank);
        return axis < 0 ? axis + rank : axis;
    }
}
