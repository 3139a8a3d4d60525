using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>ln of the sum of exp over axes.</summary>
internal static class ReduceLogSumExp
{
    public static OperatorSchema Schema { get; } = new("ReduceLogSumExp", 1, 11, 13, 18)
    {
        Inputs = "data:T axes?:i64@18",
        Outputs = "reduced:T",
        Types = "T=float|i32|i64|u32|u64",
        Attributes = "axes:ints@-18 keepdims:int=1 noop_with_empty_axes:int=0@18",
        Infer = Reduction.Infer,
    };
}
