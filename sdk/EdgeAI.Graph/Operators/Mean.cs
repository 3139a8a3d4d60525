using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The mean of all operands, element by element.</summary>
internal static class Mean
{
    public static OperatorSchema Schema { get; } = new("Mean", 1, 6, 8, 13)
    {
        Inputs = "data_0+:T",
        Outputs = "mean:T",
        Types = "T=float",
        Infer = Elementwise.Broadcast,
    };
}
