using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>γ·x, or γ·α·(exp x − 1) below 0.</summary>
internal static class Selu
{
    public static OperatorSchema Schema { get; } = new("Selu", 1, 6, 22)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes = "alpha:float=1.67326 gamma:float=1.0507",
        Infer = Elementwise.Unary,
    };
}
