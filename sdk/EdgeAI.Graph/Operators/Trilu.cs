using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The upper or lower triangle of matrices.</summary>
internal static class Trilu
{
    public static OperatorSchema Schema { get; } = new("Trilu", 14)
    {
        Inputs = "input:T k?:i64",
        Outputs = "output:T",
        Types = "T=any",
        Attributes = "upper:int=1",
        Infer = Elementwise.Unary,
    };
}
