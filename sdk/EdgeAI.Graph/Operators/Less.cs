using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>a &lt; b.</summary>
internal static class Less
{
    public static OperatorSchema Schema { get; } = new("Less", 1, 7, 9, 13)
    {
        Inputs = "A:T B:T",
        Outputs = "C:T1",
        Types = "T=numeric T1=bool",
        Infer = Elementwise.Broadcast,
        Propagate = context => Elementwise.Compare(context, static difference => difference < 0),
    };
}
