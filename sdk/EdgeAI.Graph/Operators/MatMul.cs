using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Matrix product.</summary>
internal static class MatMul
{
    public static OperatorSchema Schema { get; } = new("MatMul", 1, 9, 13)
    {
        Inputs = "A:T B:T",
        Outputs = "Y:T",
        Types = "T=float|i32|i64|u32|u64",
        Infer = context => Products.MatMul(context, 0, 1),
    };
}
