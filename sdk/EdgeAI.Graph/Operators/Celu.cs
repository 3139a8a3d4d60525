using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>max(0, x) + min(0, α·(exp(x / α) − 1)).</summary>
internal static class Celu
{
    public static OperatorSchema Schema { get; } = new("Celu", 12, 28)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes = "alpha:float=1.0",
        Infer = Elementwise.Unary,
    };
}
