using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>All bits turned.</summary>
internal static class BitwiseNot
{
    public static OperatorSchema Schema { get; } = new("BitwiseNot", 18)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=integer",
        Infer = Elementwise.Unary,
    };
}
