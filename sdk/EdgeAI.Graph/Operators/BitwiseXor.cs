using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Bitwise exclusive or.</summary>
internal static class BitwiseXor
{
    public static OperatorSchema Schema { get; } = new("BitwiseXor", 18)
    {
        Inputs = "A:T B:T",
        Outputs = "C:T",
        Types = "T=integer",
        Infer = Elementwise.Broadcast,
    };
}
