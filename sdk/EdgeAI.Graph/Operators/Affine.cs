using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>α·x + β (an experiment of 2017).</summary>
internal static class Affine
{
    public static OperatorSchema Schema { get; } = new("Affine", 1)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes = "alpha:float=1.0 beta:float=0.0",
        Infer = Elementwise.Unary,
    };
}
