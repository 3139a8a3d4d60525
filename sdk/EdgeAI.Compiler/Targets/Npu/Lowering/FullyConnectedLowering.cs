using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Gemm and MatMul with a constant matrix: a 1×1 convolution over the rows of the first operand. With two activations: their product.</summary>
internal sealed class FullyConnectedLowering : OperatorLowering
{
    public override IReadOnlyList<string> Operators { get; } = ["Gemm", "MatMul"];

    public override bool FusesActivation => true;

    public override string? WhyNot(UnitView unit)
    {
        if (ActivationProduct.Applies(unit))
        {
            return ActivationProduct.WhyNot(unit) ?? WhyNotOneType(unit);
        }

        var attributes = unit.Anchor.Attributes;
        var transposed = attributes.Int("transB", 0) != 0;
        var weights = unit.Input(1)?.Value.Constant;
        if (weights is { Shape.Rank: not 2 })
        {
            return $"weights of shape {weights.Shape}; expected a matrix";
        }

        if (WeightOperand.WhyNot(unit.Input(1), transposed ? 0 : 1) is { } reason)
        {
            return reason;
        }

        var (input, depth) = (unit.Input(0)!.Value.Shape, weights!.Shape[transposed ? 1 : 0].Value);
        return attributes.Int("transA", 0) != 0 ? "transA is set; expected rows of activations"
            : input.Rank < 2 || input[input.Rank - 1].Value != depth ? $"input {input} against weights {weights.Shape}; expected the last extent to be {depth}"
            : input.ElementCount / depth > StreamVerifier.LargestExtent ? $"{input.ElementCount / depth} rows; expected at most {StreamVerifier.LargestExtent}"
            : unit.Input(2) is not null && attributes.Float("beta", 1) != 1 ? $"beta is {attributes.Float("beta", 1)}; expected 1"
            : unit.Operator == "MatMul" && attributes.Float("alpha", 1) != 1 ? "alpha on MatMul"
            : BiasOperand.WhyNot(unit, weights.Shape[transposed ? 0 : 1].Value) ?? WhyNotOneType(unit) ?? ConvLowering.WhyNotPaired(unit);
    }

    public override void Lower(UnitView unit, LoweringContext context)
    {
        if (ActivationProduct.Applies(unit))
        {
            ActivationProduct.Lower(unit, context);
            return;
        }

        var (input, output) = (unit.Input(0)!, unit.Output!);
        var attributes = unit.Anchor.Attributes;
        var weights = WeightOperand.OfMatrix(unit.Input(1)!, attributes.Int("transB", 0) != 0);
        var constants = new ConvolutionConstants(
            weights, BiasOperand.Read(unit, weights.Outputs),
            ConvLowering.Multipliers(input.Quantization, weights, output.Quantization, attributes.Float("alpha", 1)),
            1, input.Quantization, output.Quantization, ClipBounds.Limits(unit.Activation, output.Quantization));
        var source = context.ReadDense(unit.Unit, input.Value, MapOrder.Plain);
        var target = context.DefineDense(output.Value, MapOrder.Plain);
        var rows = checked((int)(source.Elements / weights.Inputs));
        context.Add(new WindowLayer(
            unit.Unit, WindowGeometry.Unit, new ConvolutionKernel(constants),
            source.Reshaped(1, 1, rows, weights.Inputs), target.Reshaped(1, 1, rows, weights.Outputs)));
    }
}
