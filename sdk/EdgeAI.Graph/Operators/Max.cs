using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The largest of all operands, element by element.</summary>
internal static class Max
{
    public static OperatorSchema Schema { get; } = new("Max", 1, 6, 8, 12, 13)
    {
        Inputs = "data_0+:T",
        Outputs = "max:T",
        Types = "T=numeric",
        Infer = Elementwise.Broadcast,
        Propagate = context => Elementwise.IntegersOfAll(context, SymbolicInteger.Max),
    };
}
