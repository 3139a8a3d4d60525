using EdgeAI.Compiler.Targets.Npu.Layers;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Softmax by the rule of QLinearSoftmax, along the last axis, or along channels, which lie innermost here.</summary>
internal sealed class SoftmaxLowering : OperatorLowering
{
    /// <summary>Before this version of ai.onnx Softmax went over all axes from the one that the node says.</summary>
    private const long FirstAlongOneAxis = 13;

    public override IReadOnlyList<string> Operators { get; } = ["Softmax"];

    public override string? WhyNot(UnitView unit)
    {
        var input = unit.Input(0)!.Value.Shape;
        return WhyNotOneType(unit)
            ?? (Axis(unit) is not { } axis ? "the axis depends on the operator set; expected an axis that the node says, before version 13 the last one that is not 1"
            : axis != input.Rank - 1 && !(axis == 1 && input.Rank is 3 or 4) ? $"axis {axis} of {input}; expected the last one, or 1 of 3 or 4"
            : !new SoftmaxTable(unit.Input(0)!.Quantization.Scale, (int)input[axis].Value).IsFinite(SoftmaxTable.ScaleOf(unit.Output!.Quantization))
                ? $"{input[axis]} elements along the axis at an output scale of {unit.Output.Quantization.Scale:g6}, for which ONNX Runtime's table overflows; expected more elements or a larger scale"
            : null);
    }

    public override void Lower(UnitView unit, LoweringContext context)
    {
        var (input, output) = (unit.Input(0)!, unit.Output!);
        var order = Axis(unit) == input.Value.Shape.Rank - 1 ? MapOrder.Plain : MapOrder.ChannelsLast;
        var source = context.Read(unit.Unit, input.Value, order);
        var target = context.Define(output.Value, order);
        var table = new SoftmaxTable(input.Quantization.Scale, source.Channels);
        context.Add(new ElementwiseLayer(unit.Unit, new SoftmaxKernel(table, input.Quantization, output.Quantization), [source], target));
    }

    /// <summary>The axis from the front; null where it is not said, or means several axes.</summary>
    private static int? Axis(UnitView unit)
    {
        var rank = unit.Input(0)!.Value.Shape.Rank;
        if (!unit.Anchor.Attributes.Contains("axis"))
        {
            return rank <= 2 ? rank - 1 : null;
        }

        var axis = (int)unit.Anchor.Attributes.Int("axis", -1);
        axis = axis < 0 ? axis + rank : axis;
        return OperatorSet(unit) >= FirstAlongOneAxis || unit.Input(0)!.Value.Shape.Dimensions.Skip(axis + 1).All(extent => extent.Value == 1) ? axis : null;
    }

    /// <summary>The version that says what the axis means: the model's, or what QLinearSoftmax was made from.</summary>
    private static long OperatorSet(UnitView unit) => unit.Form == UnitForm.Integer
        ? unit.Anchor.Attributes.Int("opset", 0)
        : unit.Anchor.Graph.Model?.Opset("") is { } version and > 0 ? version : FirstAlongOneAxis;
}
