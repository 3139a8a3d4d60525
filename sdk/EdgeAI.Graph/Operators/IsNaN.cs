using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Tells what is not a number.</summary>
internal static class IsNaN
{
    public static OperatorSchema Schema { get; } = new("IsNaN", 9, 13, 20)
    {
        Inputs = "X:T1",
        Outputs = "Y:T2",
        Types = "T1=float|float8 T2=bool",
        Infer = Elementwise.Unary,
    };
}
