using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>max(0, min(1, α·x + β)).</summary>
internal static class HardSigmoid
{
    public static OperatorSchema Schema { get; } = new("HardSigmoid", 1, 6, 22)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes = "alpha:float=0.2 beta:float=0.5",
        Infer = Elementwise.Unary,
    };
}
