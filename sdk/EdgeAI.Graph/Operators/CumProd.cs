using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Running products along an axis.</summary>
internal static class CumProd
{
    public static OperatorSchema Schema { get; } = new("CumProd", 26)
    {
        Inputs = "x:T axis:T2",
        Outputs = "y:T",
        Types = "T=float|i32|i64|u32|u64 T2=index",
        Attributes = "exclusive:int=0 reverse:int=0",
        Infer = Elementwise.Unary,
    };
}
