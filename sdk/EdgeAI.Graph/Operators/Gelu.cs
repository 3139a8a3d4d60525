using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>x·Φ(x), exact or by tanh.</summary>
internal static class Gelu
{
    public static OperatorSchema Schema { get; } = new("Gelu", 20)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes = "approximate:text=none",
        Infer = Elementwise.Unary,
    };
}
