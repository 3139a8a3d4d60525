using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Softmax of a sum with a bias.</summary>
internal static class BiasSoftmax
{
    public static OperatorSchema Schema { get; } = new("BiasSoftmax", 1)
    {
        Domain = "com.microsoft",
        Inputs = "data:T bias:T",
        Outputs = "output:T",
        Types = "T=f16|f32|f64",
        Attributes = "axis:int=1 is_inner_broadcast:int!",
        Infer = Elementwise.AlongAxis,
    };
}
