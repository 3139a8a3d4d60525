using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>a·b of 8-bit integers in 32 bits.</summary>
internal static class MulInteger
{
    public static OperatorSchema Schema { get; } = new("MulInteger", 1)
    {
        Domain = "com.microsoft",
        Inputs = "A:T A_zero_point?:T B:T B_zero_point?:T",
        Outputs = "C:T1",
        Types = "T=int8 T1=i32",
        Infer = context => context.Set(0, Elementwise.BroadcastShape(context, [0, 2])),
    };
}
