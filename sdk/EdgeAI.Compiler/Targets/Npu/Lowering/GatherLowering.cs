using EdgeAI.Compiler.Targets.Npu.Layers;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Gather along an axis with constant indices.</summary>
internal sealed class GatherLowering : OperatorLowering
{
    public override IReadOnlyList<string> Operators { get; } = ["Gather"];

    public override bool TakesPlain => true;

    public override string? WhyNot(UnitView unit)
    {
        if (unit.Anchor.Input(1)?.Constant is not { } indices)
        {
            return "indices are computed at run time; expected a constant";
        }

        var extent = Extents(unit.Input(0)!.Value)[Axis(unit)];
        return WhyNotSameType(unit) ?? (indices.ToInt64().Any(index => index < -extent || index >= extent) ? $"an index lies outside 0 … {extent - 1}" : null);
    }

    public override void Lower(UnitView unit, LoweringContext context)
    {
        var extents = Extents(unit.Input(0)!.Value);
        var picks = new int[]?[extents.Length];
        picks[Axis(unit)] = [.. unit.Anchor.Input(1)!.Constant!.ToInt64().Select(index => checked((int)(index < 0 ? index + extents[Axis(unit)] : index)))];
        Pick(unit, context, picks);
    }

    /// <summary>Makes the result of picking positions along some axes: one axis after the other, each as rows of [outer, axis, inner].</summary>
    public static void Pick(UnitView unit, LoweringContext context, int[]?[] picks)
    {
        var (input, output) = (unit.Input(0)!, unit.Output!);
        var extents = Extents(input.Value);
        var source = context.ReadDense(unit.Unit, input.Value, MapOrder.Plain);
        source = unit.Form == UnitForm.Group ? TableLowering.Requantized(unit, context, source, input.Quantization, output.Quantization) : source;
        var axes = Enumerable.Range(0, picks.Length).Where(axis => picks[axis] is not null).ToList();
        foreach (var axis in axes)
        {
            var picked = picks[axis]!;
            var (outer, inner) = (Product(extents[..axis]), Product(extents[(axis + 1)..]));
            var target = axis == axes[^1] ? context.DefineDense(output.Value, MapOrder.Plain) : LoweringContext.Temporary(outer, 1, picked.Length, inner);
            var kernel = new GatherKernel(picked, [0], output.Quantization, padValue: 0);
            context.Add(new ResampleLayer(unit.Unit, kernel, source.Reshaped(outer, (int)extents[axis], 1, inner), target.Reshaped(outer, picked.Length, 1, inner)));
            (source, extents[axis]) = (target, picked.Length);
        }

        if (axes.Count == 0)
        {
            context.DefineAlias(output.Value, MapOrder.Plain, source);
        }
    }

    private static int Product(long[] extents) => checked((int)extents.Aggregate(1L, (product, extent) => product * extent));

    private static int Axis(UnitView unit)
    {
        var axis = (int)unit.Anchor.Attributes.Int("axis", 0);
        return axis < 0 ? axis + unit.Input(0)!.Value.Shape.Rank : axis;
    }
}
