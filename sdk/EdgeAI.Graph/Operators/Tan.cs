using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>tan x.</summary>
internal static class Tan
{
    public static OperatorSchema Schema { get; } = new("Tan", 7, 22)
    {
        Inputs = "input:T",
        Outputs = "output:T",
        Types = "T=float",
        Infer = Elementwise.Unary,
    };
}
