using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>arccos x.</summary>
internal static class Acos
{
    public static OperatorSchema Schema { get; } = new("Acos", 7, 22)
    {
        Inputs = "input:T",
        Outputs = "output:T",
        Types = "T=float",
        Infer = Elementwise.Unary,
    };
}
