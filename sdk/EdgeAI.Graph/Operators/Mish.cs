using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>x·tanh(softplus x).</summary>
internal static class Mish
{
    public static OperatorSchema Schema { get; } = new("Mish", 18, 22)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Infer = Elementwise.Unary,
    };
}
