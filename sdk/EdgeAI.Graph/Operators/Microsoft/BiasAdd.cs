using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>A sum with a bias per channel and a skip connection.</summary>
internal static class BiasAdd
{
    public static OperatorSchema Schema { get; } = new("BiasAdd", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T bias:T skip:T",
        Outputs = "Y:T",
        Types = "T=f16|f32",
        Infer = Elementwise.Unary,
    };
}
