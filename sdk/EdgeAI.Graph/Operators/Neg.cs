using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>−x.</summary>
internal static class Neg
{
    public static OperatorSchema Schema { get; } = new("Neg", 1, 6, 13)
    {
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=float|signed",
        Infer = Elementwise.Unary,
        Propagate = context => context.SetIntegers(0, context.IntegersOf(0) is { } x
        ? x with { Items = [.. x.Items.Select(item => SymbolicInteger.Of(0) - item)] }
        : null),
        Evaluate = context => Arithmetic.Unary(context, static x => -x, static x => -x),
    };
}
