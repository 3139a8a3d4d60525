using EdgeAI.Compiler.Targets.Npu.Layers;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>AveragePool by the rule of QLinearAveragePool, which is that of the global pool where one window covers the map without padding.</summary>
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
        var window = MaxPoolLowering.PoolWindow(unit).Geometry;
        if (CoversAll(window.Y) && CoversAll(window.X) && WindowAttributes.Kernel(unit.Anchor, []).AsSpan().SequenceEqual(Extents(input.Value).AsSpan(2)))
        {
            GlobalAveragePoolLowering.Lower(unit, context, window);
            return;
        }

        var source = Biasing.Read(unit, context, input, MapOrder.ChannelsLast);
        var target = context.Define(output.Value, MapOrder.ChannelsLast);
        var geometry = window.CoveringLastWindow(source, target);
        var countsPadding = unit.Anchor.Attributes.Int("count_include_pad", 0) != 0;
        var kernel = new PoolKernel(PoolKind.Average, source.Channels, geometry.Taps, Biasing.Of(unit, input), Biasing.Of(unit, output), countsPadding);
        Biasing.Write(unit, context, target, map => new WindowLayer(unit.Unit, geometry, kernel, source, map));
    }

    private static bool CoversAll(WindowAxis axis) => axis is { PadBefore: 0, PadAfter: 0, Dilation: 1 };
}
