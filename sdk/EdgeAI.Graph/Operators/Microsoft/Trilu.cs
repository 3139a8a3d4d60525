using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>The upper or lower triangle of matrices.</summary>
internal static class Trilu
{
    public static OperatorSchema Schema { get; } = new("Trilu", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T k?:i64",
        Outputs = "Y:T",
        Types = "T=float|integer|bool",
        Attributes = "upper:int=1",
        Infer = Elementwise.Unary,
    };
}
