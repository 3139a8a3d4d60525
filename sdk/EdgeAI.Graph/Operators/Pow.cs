using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>x to the power of y.</summary>
internal static class Pow
{
    public static OperatorSchema Schema { get; } = new("Pow", 1, 7, 12, 13, 15)
    {
        Inputs = "X:T Y:T@-12 Y:T1@12",
        Outputs = "Z:T",
        Types = "T=float|i32|i64 T1=numeric",
        Infer = Elementwise.Broadcast,
    };
}
