using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Logical not.</summary>
internal static class Not
{
    public static OperatorSchema Schema { get; } = new("Not", 1)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=bool",
        Infer = Elementwise.Unary,
        Propagate = context => context.SetIntegers(0, context.IntegersOf(0) is { } x
        ? x with { Items = [.. x.Items.Select(item => item.IsKnown ? SymbolicInteger.Of(item.Is(0) ? 1 : 0) : item)] }
        : null),
    };
}
