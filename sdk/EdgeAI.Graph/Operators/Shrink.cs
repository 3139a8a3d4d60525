using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>x moved towards 0 by a bias, or 0 where it is small.</summary>
internal static class Shrink
{
    public static OperatorSchema Schema { get; } = new("Shrink", 9)
    {
        Inputs = "input:T",
        Outputs = "output:T",
        Types = "T=numeric",
        Attributes = "bias:float=0.0 lambd:float=0.5",
        Infer = Elementwise.Unary,
    };
}
