using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>A cache with new entries written into it.</summary>
internal static class TensorScatter
{
    public static OperatorSchema Schema { get; } = new("TensorScatter", 24)
    {
        Inputs = "past_cache:T update:T write_indices?:i64",
        Outputs = "present_cache:T",
        Types = "T=any",
        Attributes = "axis:int=-2 mode:text=linear",
        Infer = Elementwise.AlongAxis,
    };
}
