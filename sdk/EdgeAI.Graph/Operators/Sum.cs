using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The sum of all operands, element by element.</summary>
internal static class Sum
{
    public static OperatorSchema Schema { get; } = new("Sum", 1, 6, 8, 13)
    {
        Inputs = "data_0+:T",
        Outputs = "sum:T",
        Types = "T=float",
        Infer = Elementwise.Broadcast,
    };
}
