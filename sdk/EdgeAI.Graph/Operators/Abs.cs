using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>|x|.</summary>
internal static class Abs
{
    public static OperatorSchema Schema { get; } = new("Abs", 1, 6, 13)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=numeric",
        Infer = Elementwise.Unary,
    };
}
