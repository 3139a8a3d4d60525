using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>arcosh x.</summary>
internal static class Acosh
{
    public static OperatorSchema Schema { get; } = new("Acosh", 9, 22)
    {
        Inputs = "input:T",
        Outputs = "output:T",
        Types = "T=float",
        Infer = Elementwise.Unary,
    };
}
