using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>a·b over quantized tensors.</summary>
internal static class QLinearMul
{
    public static OperatorSchema Schema { get; } = new("QLinearMul", 1)
    {
        Domain = "com.microsoft",
        Inputs = "A:T A_scale:f32 A_zero_point?:T B:T B_scale:f32 B_zero_point?:T C_scale:f32 C_zero_point?:T",
        Outputs = "C:T",
        Types = "T=int8",
        Infer = context => context.Set(0, Elementwise.BroadcastShape(context, [0, 3])),
    };
}
