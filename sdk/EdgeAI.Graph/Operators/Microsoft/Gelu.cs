using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>x·Φ(x).</summary>
internal static class Gelu
{
    public static OperatorSchema Schema { get; } = new("Gelu", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Infer = Elementwise.Unary,
    };
}
