using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Inverses of matrices.</summary>
internal static class Inverse
{
    public static OperatorSchema Schema { get; } = new("Inverse", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=f16|f32|f64",
        Infer = Elementwise.Unary,
        Needs = (_, _) => [new(0) { IsSquare = true }],
    };
}
