using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>max(0, x).</summary>
internal static class Relu
{
    public static OperatorSchema Schema { get; } = new("Relu", 1, 6, 13, 14)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float|signed",
        Infer = Elementwise.Unary,
    };
}
