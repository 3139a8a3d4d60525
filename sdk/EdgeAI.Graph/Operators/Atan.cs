using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>arctan x.</summary>
internal static class Atan
{
    public static OperatorSchema Schema { get; } = new("Atan", 7, 22)
    {
        Inputs = "input:T",
        Outputs = "output:T",
        Types = "T=float",
        Infer = Elementwise.Unary,
    };
}
