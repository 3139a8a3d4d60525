using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Reals to integers, as in ai.onnx, also in 16 and 4 bits.</summary>
internal static class QuantizeLinear
{
    public static OperatorSchema Schema { get; } = new("QuantizeLinear", 1)
    {
        Domain = "com.microsoft",
        Inputs = "x:T1 y_scale:T1 y_zero_point?:T2",
        Outputs = "y:T2",
        Types = "T1=float T2=quantized",
        Attributes = "axis:int=1 block_size:int=0",
        Infer = Run,
    };

    private static void Run(InferenceContext context) =>
        context.Set(0, context.Has(2) ? context.ElementOf(2) : DataType.UInt8, context.ShapeOf(0));
}
