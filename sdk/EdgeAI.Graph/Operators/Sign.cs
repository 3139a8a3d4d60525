using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>−1, 0 or 1.</summary>
internal static class Sign
{
    public static OperatorSchema Schema { get; } = new("Sign", 9, 13)
    {
        Inputs = "input:T",
        Outputs = "output:T",
        Types = "T=numeric",
        Infer = Elementwise.Unary,
    };
}
