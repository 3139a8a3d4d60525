using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Softmax over a quantized tensor.</summary>
internal static class QLinearSoftmax
{
    public static OperatorSchema Schema { get; } = new("QLinearSoftmax", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T X_scale:f32 x_zero_point?:T y_scale:f32 y_zero_point:T",
        Outputs = "Y:T",
        Types = "T=int8",
        Attributes = "axis:int opset:int!",
        Infer = Elementwise.Unary,
    };
}
