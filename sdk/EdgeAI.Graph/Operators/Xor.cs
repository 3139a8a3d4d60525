using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Logical exclusive or.</summary>
internal static class Xor
{
    public static OperatorSchema Schema { get; } = new("Xor", 1, 7)
    {
        Inputs = "A:T B:T",
        Outputs = "C:T1",
        Types = "T=bool T1=bool",
        Infer = Elementwise.Broadcast,
    };
}
