using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>x, or α·(exp x − 1) below 0.</summary>
internal static class Elu
{
    public static OperatorSchema Schema { get; } = new("Elu", 1, 6, 22)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes = "alpha:float=1.0",
        Infer = Elementwise.Unary,
    };
}
