using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Bitwise or.</summary>
internal static class BitwiseOr
{
    public static OperatorSchema Schema { get; } = new("BitwiseOr", 18)
    {
        Inputs = "A:T B:T",
        Outputs = "C:T",
        Types = "T=integer",
        Infer = Elementwise.Broadcast,
    };
}
