using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>x·Φ(x) by tanh, with a bias.</summary>
internal static class FastGelu
{
    public static OperatorSchema Schema { get; } = new("FastGelu", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T bias?:T",
        Outputs = "Y:T",
        Types = "T=float",
        Infer = Elementwise.Unary,
    };
}
