using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Matrix product of 8-bit integers, scaled to reals.</summary>
internal static class MatMulIntegerToFloat
{
    public static OperatorSchema Schema { get; } = new("MatMulIntegerToFloat", 1)
    {
        Domain = "com.microsoft",
        Inputs = "A:T1 B:T2 a_scale:T3 b_scale:T3 a_zero_point?:T1 b_zero_point?:T2 bias?:T3",
        Outputs = "Y:T3",
        Types = "T1=int8 T2=int8 T3=float",
        Infer = context => Products.MatMul(context, 0, 1),
    };
}
