using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>a − b.</summary>
internal static class Sub
{
    public static OperatorSchema Schema { get; } = new("Sub", 1, 6, 7, 13, 14)
    {
        Inputs = "A:T B:T",
        Outputs = "C:T",
        Types = "T=numeric",
        Infer = Elementwise.Broadcast,
        Propagate = context => Elementwise.Integers(context, static (a, b) => a - b),
        Evaluate = context => Arithmetic.Binary(context, Arithmetic.Operation.Subtract),
    };
}
