using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>1 / x.</summary>
internal static class Reciprocal
{
    public static OperatorSchema Schema { get; } = new("Reciprocal", 1, 6, 13)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Infer = Elementwise.Unary,
    };
}
