using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Integers to reals, as in ai.onnx, also from 16 and 4 bits.</summary>
internal static class DequantizeLinear
{
    public static OperatorSchema Schema { get; } = new("DequantizeLinear", 1)
    {
        Domain = "com.microsoft",
        Inputs = "x:T1 x_scale:T2 x_zero_point?:T1",
        Outputs = "y:T2",
        Types = "T1=quantized T2=float",
        Attributes = "axis:int=1 block_size:int=0",
        Infer = Elementwise.Unary,
    };
}
