using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>x, or α·x below 0.</summary>
internal static class LeakyRelu
{
    public static OperatorSchema Schema { get; } = new("LeakyRelu", 1, 6, 16)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes = "alpha:float=0.01",
        Infer = Elementwise.Unary,
    };
}
