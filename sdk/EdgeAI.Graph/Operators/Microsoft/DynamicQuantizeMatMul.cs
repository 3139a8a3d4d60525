using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Matrix product of reals, quantized at run time, and 8-bit integers.</summary>
internal static class DynamicQuantizeMatMul
{
    public static OperatorSchema Schema { get; } = new("DynamicQuantizeMatMul", 1)
    {
        Domain = "com.microsoft",
        Inputs = "A:T1 B:T2 b_scale:T1 b_zero_point?:T2 bias?:T1",
        Outputs = "Y:T1",
        Types = "T1=f32 T2=int8",
        Infer = context => Products.MatMul(context, 0, 1),
    };
}
