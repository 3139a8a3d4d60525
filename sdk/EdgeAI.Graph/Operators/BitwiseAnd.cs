using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Bitwise and.</summary>
internal static class BitwiseAnd
{
    public static OperatorSchema Schema { get; } = new("BitwiseAnd", 18)
    {
        Inputs = "A:T B:T",
        Outputs = "C:T",
        Types = "T=integer",
        Infer = Elementwise.Broadcast,
    };
}
