using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The smallest element over axes.</summary>
internal static class ReduceMin
{
    public static OperatorSchema Schema { get; } = new("ReduceMin", 1, 11, 12, 13, 18, 20)
    {
        Inputs = "data:T axes?:i64@18",
        Outputs = "reduced:T",
        Types = "T=float|bool|i32|i64|i8|u32|u64|u8",
        Attributes = "axes:ints@-18 keepdims:int=1 noop_with_empty_axes:int=0@18",
        Infer = Reduction.Infer,
    };
}
