using EdgeAI.Compiler.Targets.Npu.Layers;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>AveragePool by the rule of QLinearAveragePool.</summary>
internal sealed class AveragePoolLowering : OperatorLowering
{
    public override IReadOnlyList<string> Operators { get; } = ["AveragePool"];

    public override string? WhyNot(UnitView unit)
    {
        var attributes = unit.Anchor.Attributes;
        return attributes.Int("channels_last", 0) != 0 ? "channels_last form; expected batch, channels, spatial axes"
            : WhyNotOneType(unit) ?? MaxPoolLowering.PoolWindow(unit).Problem;
    }

    public override void Lower(UnitView unit, LoweringContext context)
    {
        var (input, output) = (unit.Input(0)!, unit.Output!);
        var source = Biasing.Read(unit, context, input, MapOrder.ChannelsLast);
        var target = context.Define(output.Value, MapOrder.ChannelsLast);
        var geometry = MaxPoolLowering.PoolWindow(unit).Geometry.CoveringLastWindow(source, target);
        var countsPadding = unit.Anchor.Attributes.Int("count_include_pad", 0) != 0;
        var kernel = new PoolKernel(PoolKind.Average, source.Channels, geometry.Taps, Biasing.Of(unit, input), Biasing.Of(unit, output), countsPadding);
        Biasing.Write(unit, context, target, map => new WindowLayer(unit.Unit, geometry, kernel, source, map));
    }
}
