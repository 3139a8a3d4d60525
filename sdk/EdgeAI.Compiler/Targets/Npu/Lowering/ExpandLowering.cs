namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Expand and Tile: copies that read their source again.</summary>
internal sealed class ExpandLowering : MoveLowering
{
    public override IReadOnlyList<string> Operators { get; } = ["Expand", "Tile"];

    public override string? WhyNot(UnitView unit) => WhyNotSameType(unit)
        ?? (unit.Anchor.Inputs.Skip(1).Any(value => value is { Constant: null }) ? "shape or repeats are computed at run time; expected constants" : null);

    protected override Move Of(UnitView unit, int result, int[] strides)
    {
        var (input, output) = (Extents(unit.Input(0)!.Value), Extents(unit.Output!.Value));
        var axes = new List<MoveAxis>();
        for (var i = 0; i < output.Length; i++)
        {
            var own = i - (output.Length - input.Length);
            var extent = own < 0 ? 1 : (int)input[own];
            axes.Add(new MoveAxis((int)output[i] / extent, 0, i, extent));
            if (extent > 1)
            {
                axes.Add(new MoveAxis(extent, strides[own], i));
            }
        }

        return new Move(0, axes);
    }
}
