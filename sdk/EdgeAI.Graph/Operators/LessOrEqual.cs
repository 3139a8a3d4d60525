using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>a ≤ b.</summary>
internal static class LessOrEqual
{
    public static OperatorSchema Schema { get; } = new("LessOrEqual", 12, 16)
    {
        Inputs = "A:T B:T",
        Outputs = "C:T1",
        Types = "T=numeric T1=bool",
        Infer = Elementwise.Broadcast,
        Propagate = context => Elementwise.Compare(context, static difference => difference <= 0),
    };
}
