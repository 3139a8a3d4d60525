using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>arcsin x.</summary>
internal static class Asin
{
    public static OperatorSchema Schema { get; } = new("Asin", 7, 22)
    {
        Inputs = "input:T",
        Outputs = "output:T",
        Types = "T=float",
        Infer = Elementwise.Unary,
    };
}
