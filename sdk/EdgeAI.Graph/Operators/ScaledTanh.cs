using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>α·tanh(β·x) (an experiment of 2017).</summary>
internal static class ScaledTanh
{
    public static OperatorSchema Schema { get; } = new("ScaledTanh", 1)
    {
        Inputs = "input:T",
        Outputs = "output:T",
        Types = "T=float",
        Attributes = "alpha:float beta:float",
        Infer = Elementwise.Unary,
    };
}
