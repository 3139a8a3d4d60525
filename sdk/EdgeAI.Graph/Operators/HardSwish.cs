using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>x·max(0, min(1, x / 6 + 0.5)).</summary>
internal static class HardSwish
{
    public static OperatorSchema Schema { get; } = new("HardSwish", 14, 22)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float",
        Infer = Elementwise.Unary,
    };
}
