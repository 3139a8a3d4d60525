using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The sum over axes.</summary>
internal static class ReduceSum
{
    public static OperatorSchema Schema { get; } = new("ReduceSum", 1, 11, 13)
    {
        Inputs = "data:T axes?:i64@13",
        Outputs = "reduced:T",
        Types = "T=float|i32|i64|u32|u64",
        Attributes = "axes:ints@-13 keepdims:int=1 noop_with_empty_axes:int=0@13",
        Infer = Reduction.Infer,
    };
}
