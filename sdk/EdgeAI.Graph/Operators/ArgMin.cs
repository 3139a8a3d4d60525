using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The index of the smallest element along an axis.</summary>
internal static class ArgMin
{
    public static OperatorSchema Schema { get; } = new("ArgMin", 1, 11, 12, 13)
    {
        Inputs = "data:T",
        Outputs = "reduced:i64",
        Types = "T=numeric",
        Attributes = "axis:int=0 keepdims:int=1 select_last_index:int=0@12",
        Infer = Reduction.InferIndex,
    };
}
