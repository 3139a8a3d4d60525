using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Logical and.</summary>
internal static class And
{
    public static OperatorSchema Schema { get; } = new("And", 1, 7)
    {
        Inputs = "A:T B:T",
        Outputs = "C:T1",
        Types = "T=bool T1=bool",
        Infer = Elementwise.Broadcast,
    };
}
