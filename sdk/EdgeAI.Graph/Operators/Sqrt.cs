using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>√x.</summary>
internal static class Sqrt
{
    public static OperatorSchema Schema { get; } = new("Sqrt", 1, 6, 13)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Infer = Elementwise.Unary,
        Evaluate = context => Arithmetic.Unary(context, MathF.Sqrt, Math.Sqrt),
    };
}
