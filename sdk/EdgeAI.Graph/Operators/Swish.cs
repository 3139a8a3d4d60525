using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>x·sigmoid(α·x).</summary>
internal static class Swish
{
    public static OperatorSchema Schema { get; } = new("Swish", 24)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes = "alpha:float=1.0",
        Infer = Elementwise.Unary,
    };
}
