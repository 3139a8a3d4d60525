using EdgeAI.Compiler.Targets.Npu.Layers;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>QuantizeLinear and DequantizeLinear by themselves: from float32 and to float32 at the borders of integer work.</summary>
internal sealed class BorderLowering : OperatorLowering
{
    public override IReadOnlyList<string> Operators { get; } = ["QuantizeLinear", "DequantizeLinear"];

    public override string? WhyNot(UnitView unit) => unit.Form == UnitForm.Border ? null : "a form without a scale; expected float32 on one side";

    public override void Lower(UnitView unit, LoweringContext context)
    {
        var (input, output) = (unit.Input(0)!, unit.Output!);
        var source = context.Read(unit.Unit, input.Value, MapOrder.Plain);
        ElementwiseKernel kernel = unit.Operator == "QuantizeLinear" ? new QuantizeKernel(output.Quantization) : new DequantizeKernel(input.Quantization);
        context.Add(new ElementwiseLayer(unit.Unit, kernel, [source], context.Define(output.Value, MapOrder.Plain)));
    }
}
