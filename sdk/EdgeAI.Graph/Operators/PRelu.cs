using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>x, or slope·x below 0.</summary>
internal static class PRelu
{
    public static OperatorSchema Schema { get; } = new("PRelu", 1, 6, 7, 9, 16)
    {
        Inputs = "X:T slope:T",
        Outputs = "Y:T",
        Types = "T=float|i32|i64|u32|u64",
        Infer = Elementwise.Unary,
    };
}
