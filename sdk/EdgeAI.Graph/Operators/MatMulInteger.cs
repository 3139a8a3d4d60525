using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Matrix product of 8-bit integers into 32 bits.</summary>
internal static class MatMulInteger
{
    public static OperatorSchema Schema { get; } = new("MatMulInteger", 10)
    {
        Inputs = "A:T1 B:T2 a_zero_point?:T1 b_zero_point?:T2",
        Outputs = "Y:T3",
        Types = "T1=int8 T2=int8 T3=i32",
        Infer = context => Products.MatMul(context, 0, 1),
    };
}
