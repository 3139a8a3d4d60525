using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>ln(1 + exp x).</summary>
internal static class Softplus
{
    public static OperatorSchema Schema { get; } = new("Softplus", 1, 22)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Infer = Elementwise.Unary,
    };
}
