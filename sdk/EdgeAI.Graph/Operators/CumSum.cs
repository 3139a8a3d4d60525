using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Running sums along an axis.</summary>
internal static class CumSum
{
    public static OperatorSchema Schema { get; } = new("CumSum", 11, 14)
    {
        Inputs = "x:T axis:T2",
        Outputs = "y:T",
        Types = "T=float|i32|i64|u32|u64 T2=index",
        Attributes = "exclusive:int=0 reverse:int=0",
        Infer = Elementwise.Unary,
    };
}
