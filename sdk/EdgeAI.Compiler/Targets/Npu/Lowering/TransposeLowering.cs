using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Compiler.Targets.Npu.Streams;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Transpose by a strided copy.</summary>
internal sealed class TransposeLowering : OperatorLowering
{
    public override IReadOnlyList<string> Operators { get; } = ["Transpose"];

    public override bool TakesPlain => true;

    public override string? WhyNot(UnitView unit) =>
        WhyNotSameType(unit) ?? (unit.Input(0)!.Value.Shape.Rank > 6 ? $"rank {unit.Input(0)!.Value.Shape.Rank}; expected at most 6" : null);

    public override void Lower(UnitView unit, LoweringContext context)
    {
        var (input, output) = (unit.Input(0)!, unit.Output!);
        var source = context.Read(unit.Unit, input.Value, MapOrder.Plain);
        if (unit.Form == UnitForm.Group)
        {
            source = TableLowering.Requantized(unit, context, source, input.Quantization, output.Quantization);
        }

        var target = context.Define(output.Value, MapOrder.Plain);
        var (from, to) = (ConcatLowering.Strides(Extents(input.Value), MapOrder.Plain), ConcatLowering.Strides(Extents(output.Value), MapOrder.Plain));
        var permutation = unit.Anchor.Attributes.Ints("perm");
        var axes = Enumerable.Range(0, to.Length).Select(i => checked(new CopyAxis(
            (int)Extents(output.Value)[i], (int)from[permutation.IsDefault ? to.Length - 1 - i : (int)permutation[i]], (int)to[i])));
        context.Add(new CopyLayer(unit.Unit, source, target, [.. axes]));
    }
}
