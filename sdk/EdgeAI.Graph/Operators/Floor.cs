using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The next integer not above x.</summary>
internal static class Floor
{
    public static OperatorSchema Schema { get; } = new("Floor", 1, 6, 13)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Infer = Elementwise.Unary,
    };
}
