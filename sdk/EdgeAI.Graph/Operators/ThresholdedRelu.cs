using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>x above α, else 0.</summary>
internal static class ThresholdedRelu
{
    public static OperatorSchema Schema { get; } = new("ThresholdedRelu", 10, 22)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes = "alpha:float=1.0",
        Infer = Elementwise.Unary,
    };
}
