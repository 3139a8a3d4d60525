using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>x·Φ(x) of a sum.</summary>
internal static class BiasGelu
{
    public static OperatorSchema Schema { get; } = new("BiasGelu", 1)
    {
        Domain = "com.microsoft",
        Inputs = "A:T B:T",
        Outputs = "C:T",
        Types = "T=float",
        Infer = Elementwise.Broadcast,
    };
}
