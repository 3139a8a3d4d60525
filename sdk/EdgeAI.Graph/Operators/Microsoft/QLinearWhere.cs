using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>x where the condition holds, else y, over quantized tensors.</summary>
internal static class QLinearWhere
{
    public static OperatorSchema Schema { get; } = new("QLinearWhere", 1)
    {
        Domain = "com.microsoft",
        Inputs = "condition:B X:T x_scale:TF x_zero_point:T Y:T y_scale:TF y_zero_point:T z_scale:TF z_zero_point:T",
        Outputs = "Z:T",
        Types = "B=bool TF=f32 T=int8",
        Infer = context => context.Set(0, Elementwise.BroadcastShape(context, [0, 1, 4])),
    };
}
