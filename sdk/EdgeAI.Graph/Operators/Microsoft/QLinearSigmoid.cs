using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Sigmoid over a quantized tensor.</summary>
internal static class QLinearSigmoid
{
    public static OperatorSchema Schema { get; } = new("QLinearSigmoid", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T X_scale:f32 X_zero_point?:T Y_scale:f32 Y_zero_point?:T",
        Outputs = "Y:T",
        Types = "T=int8",
        Infer = Elementwise.Unary,
    };
}
