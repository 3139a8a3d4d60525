using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>tanh x.</summary>
internal static class Tanh
{
    public static OperatorSchema Schema { get; } = new("Tanh", 1, 6, 13)
    {
        Inputs = "input:T",
        Outputs = "output:T",
        Types = "T=float",
        Infer = Elementwise.Unary,
    };
}
