using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The error function.</summary>
internal static class Erf
{
    public static OperatorSchema Schema { get; } = new("Erf", 9, 13)
    {
        Inputs = "input:T",
        Outputs = "output:T",
        Types = "T=numeric",
        Infer = Elementwise.Unary,
    };
}
