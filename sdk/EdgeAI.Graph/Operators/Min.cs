using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The smallest of all operands, element by element.</summary>
internal static class Min
{
    public static OperatorSchema Schema { get; } = new("Min", 1, 6, 8, 12, 13)
    {
        Inputs = "data_0+:T",
        Outputs = "min:T",
        Types = "T=numeric",
        Infer = Elementwise.Broadcast,
        Propagate = context => Elementwise.IntegersOfAll(context, SymbolicInteger.Min),
    };
}
