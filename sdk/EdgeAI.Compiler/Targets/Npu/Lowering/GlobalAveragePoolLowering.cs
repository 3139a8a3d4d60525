using EdgeAI.Compiler.Targets.Npu.Layers;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>GlobalAveragePool by the rule of QLinearGlobalAveragePool.</summary>
internal sealed class GlobalAveragePoolLowering : OperatorLowering
{
    public override IReadOnlyList<string> Operators { get; } = ["GlobalAveragePool"];

    public override string? WhyNot(UnitView unit) =>
        unit.Anchor.Attributes.Int("channels_last", 0) != 0 ? "channels_last form; expected batch, channels, spatial axes"
        : WhyNotOneType(unit) ?? MaxPoolLowering.PoolWindow(unit).Problem;

    public override void Lower(UnitView unit, LoweringContext context) => Lower(unit, context, MaxPoolLowering.PoolWindow(unit).Geometry);

    /// <summary>A mean over the whole map under one window.</summary>
    public static void Lower(UnitView unit, LoweringContext context, WindowGeometry geometry)
    {
        var (input, output) = (unit.Input(0)!, unit.Output!);
        var source = context.Read(unit.Unit, input.Value, MapOrder.ChannelsLast);
        var target = context.Define(output.Value, MapOrder.ChannelsLast);
        var kernel = new PoolKernel(PoolKind.GlobalAverage, source.Channels, geometry.Taps, input.Quantization, output.Quantization);
        context.Add(new WindowLayer(unit.Unit, geometry, kernel, source, target));
    }
}
