using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>LeakyRelu over a quantized tensor.</summary>
internal static class QLinearLeakyRelu
{
    public static OperatorSchema Schema { get; } = new("QLinearLeakyRelu", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T X_scale:f32 X_zero_point?:T Y_scale:f32 Y_zero_point?:T",
        Outputs = "Y:T",
        Types = "T=int8",
        Attributes = "alpha:float=0.01",
        Infer = Elementwise.Unary,
    };
}
