using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Matrix product of quantized matrices.</summary>
internal static class QLinearMatMul
{
    public static OperatorSchema Schema { get; } = new("QLinearMatMul", 10, 21)
    {
        Inputs =
            "a:T1 a_scale:f32@-21 a_scale:TS@21 a_zero_point:T1 b:T2 b_scale:f32@-21 b_scale:TS@21 b_zero_point:T2 " +
            "y_scale:f32@-21 y_scale:TS@21 y_zero_point:T3",
        Outputs = "y:T3",
        Types = "T1=float8|i8|u8 T2=float8|i8|u8 T3=float8|i8|u8 TS=bf16|f16|f32",
        Infer = context => Products.MatMul(context, 0, 3),
    };
}
