using EdgeAI.Compiler.Targets.Npu.Layers;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>MaxPool and GlobalMaxPool: the greatest integer is the greatest number. Other parameters of the result follow by table.</summary>
internal sealed class MaxPoolLowering : OperatorLowering
{
    public override IReadOnlyList<string> Operators { get; } = ["MaxPool", "GlobalMaxPool"];

    public override bool TakesPlain => true;

    public override string? WhyNot(UnitView unit) =>
        unit.Anchor.Outputs.Count(output => output is not null) != 1 ? "indices are asked for; expected the maxima only"
        : unit.Form != UnitForm.Group && WhyNotSameType(unit) is { } reason ? reason
        : PoolWindow(unit).Problem;

    public override void Lower(UnitView unit, LoweringContext context)
    {
        var (input, output) = (unit.Input(0)!, unit.Output!);
        var source = context.Read(unit.Unit, input.Value, MapOrder.ChannelsLast);
        var target = context.Define(output.Value, MapOrder.ChannelsLast);
        var geometry = PoolWindow(unit).Geometry;
        var kernel = new PoolKernel(PoolKind.Max, source.Channels, geometry.Taps, input.Quantization, input.Quantization);
        var result = unit.Form == UnitForm.Group ? output.Quantization : input.Quantization;
        TableLowering.AddRequantized(unit, context, target, input.Quantization, result,
            map => new WindowLayer(unit.Unit, geometry, kernel, source, map));
    }

    /// <summary>The window of a pool; global ones cover the whole map.</summary>
    internal static (WindowGeometry Geometry, string? Problem) PoolWindow(UnitView unit)
    {
        var (input, output) = (Extents(unit.Input(0)!.Value), Extents(unit.Output!.Value));
        var isGlobal = unit.Operator.StartsWith("Global", StringComparison.Ordinal);
        if (input.Length < 3)
        {
            return (default, $"shape [{string.Join(',', input)}]; expected batch, channels and 1 or 2 spatial axes");
        }

        return WindowAttributes.Read(unit.Anchor, isGlobal ? input.AsSpan(2) : WindowAttributes.Kernel(unit.Anchor, []).AsSpan(), input, output);
    }
}
