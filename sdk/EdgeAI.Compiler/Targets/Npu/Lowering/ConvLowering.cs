using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Hal;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Conv and QLinearConv with constant weights and bias.</summary>
internal sealed class ConvLowering : OperatorLowering
{
    public override IReadOnlyList<string> Operators { get; } = ["Conv"];

    public override bool FusesActivation => true;

    public override string? WhyNot(UnitView unit)
    {
        if (unit.Anchor.Attributes.Int("channels_last", 0) != 0)
        {
            return "channels_last form; expected batch, channels, spatial axes";
        }

        var weights = unit.Input(1)?.Value.Constant;
        if (weights is null || weights.Shape.Rank != unit.Input(0)!.Value.Shape.Rank)
        {
            return WeightOperand.WhyNot(unit.Input(1), 0) ?? $"weights of shape {weights!.Shape} for an input of shape {unit.Input(0)!.Value.Shape}; expected equal ranks";
        }

        var groups = unit.Anchor.Attributes.Int("group", 1);
        var (channels, outputs) = (unit.Input(0)!.Value.Shape[1].Value, weights.Shape[0].Value);
        return WeightOperand.WhyNot(unit.Input(1), 0)
            ?? BiasOperand.WhyNot(unit, outputs)
            ?? (groups < 1 || outputs % groups != 0 || weights.Shape[1].Value * groups != channels
                ? $"group {groups} with weights {weights.Shape} and {channels} input channels; expected channels = group × weights' second extent" : null)
            ?? WhyNotOneType(unit)
            ?? WhyNotPaired(unit)
            ?? Window(unit).Problem;
    }

    public override void Lower(UnitView unit, LoweringContext context)
    {
        var (input, output) = (unit.Input(0)!, unit.Output!);
        var weights = WeightOperand.OfConvolution(unit.Input(1)!);
        var constants = new ConvolutionConstants(
            weights, BiasOperand.Read(unit, weights.Outputs), Multipliers(input.Quantization, weights, output.Quantization),
            (int)unit.Anchor.Attributes.Int("group", 1), input.Quantization, output.Quantization, ClipBounds.Limits(unit.Activation, output.Quantization));
        var source = context.Read(unit.Unit, input.Value, MapOrder.ChannelsLast);
        var target = context.Define(output.Value, MapOrder.ChannelsLast);
        context.Add(new WindowLayer(unit.Unit, Window(unit).Geometry, new ConvolutionKernel(constants), source, target));
    }

    /// <summary>(s_x·s_w)/s_y per output channel, in that order.</summary>
    internal static float[] Multipliers(Quantization input, WeightOperand weights, Quantization output, float alpha = 1) =>
        [.. weights.Scales.Select(scale => alpha * input.Scale * scale / output.Scale)];

    /// <summary>ONNX Runtime fuses int8 activations with int8 weights only.</summary>
    internal static string? WhyNotPaired(UnitView unit) =>
        unit.Form == UnitForm.Group && unit.Input(0)!.Type == DataType.Int8 && unit.Input(1)!.Value.Constant!.Type != DataType.Int8
            ? "Int8 activations with UInt8 weights; expected Int8 weights, otherwise ONNX Runtime computes in float" : null;

    private static (WindowGeometry Geometry, string? Problem) Window(UnitView unit)
    {
        var weights = unit.Input(1)!.Value.Constant!.Shape.ToArray();
        return WindowAttributes.Read(unit.Anchor, weights.AsSpan(2), Extents(unit.Input(0)!.Value), Extents(unit.Output!.Value));
    }
}

/// <summary>The int32 bias of a convolution or fully connected layer; absent means zeros.</summary>
internal static class BiasOperand
{
    /// <summary>Null, or why a bias cannot be used.</summary>
    public static string? WhyNot(UnitView unit, long outputs)
    {
        if (unit.Input(2) is not { } bias)
        {
            return unit.Form == UnitForm.Group && unit.Anchor.Input(2) is { } raw ? $"bias '{raw.Name}' is not quantized; expected a constant of Int32" : null;
        }

        return bias.Value.Constant is { Type: DataType.Int32, Shape.Rank: > 0 } constant && constant.Shape.ElementCount == outputs && constant.Shape[constant.Shape.Rank - 1].Value == outputs ? null
            : $"bias '{bias.Value.Name}' is {bias.Value.Constant?.ToString() ?? "not constant"}; expected a constant Int32[{outputs}]";
    }

    public static int[] Read(UnitView unit, int outputs) =>
        unit.Input(2)?.Value.Constant is { } constant ? constant.AsSpan<int>().ToArray() : new int[outputs];
}
