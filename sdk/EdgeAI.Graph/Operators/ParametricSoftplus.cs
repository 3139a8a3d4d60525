using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>α·ln(exp(β·x) + 1) (an experiment of 2017).</summary>
internal static class ParametricSoftplus
{
    public static OperatorSchema Schema { get; } = new("ParametricSoftplus", 1)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes = "alpha:float=1.0 beta:float=1.0",
        Infer = Elementwise.Unary,
    };
}
