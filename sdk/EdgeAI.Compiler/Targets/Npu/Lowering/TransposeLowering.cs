namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Transpose.</summary>
internal sealed class TransposeLowering : MoveLowering
{
    private const int LargestRank = 6;

    public override IReadOnlyList<string> Operators { get; } = ["Transpose"];

    public override string? WhyNot(UnitView unit) =>
        WhyNotSameType(unit) ?? (unit.Input(0)!.Value.Shape.Rank > LargestRank ? $"rank {unit.Input(0)!.Value.Shape.Rank}; expected at most {LargestRank}" : null);

    protected override Move Of(UnitView unit, int result, int[] strides)
    {
        var permutation = unit.Anchor.Attributes.Ints("perm");
        var from = Enumerable.Range(0, strides.Length).Select(i => permutation.IsDefault ? strides.Length - 1 - i : (int)permutation[i]);
        return Move.Of(0, Extents(unit.Outputs[result].Value), from.Select(axis => strides[axis]));
    }
}
