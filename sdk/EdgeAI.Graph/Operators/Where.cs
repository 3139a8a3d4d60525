using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>x where the condition holds, else y.</summary>
internal static class Where
{
    public static OperatorSchema Schema { get; } = new("Where", 9, 16)
    {
        Inputs = "condition:B X:T Y:T",
        Outputs = "output:T",
        Types = "B=bool T=any",
        Infer = context => context.Set(0, Elementwise.BroadcastShape(context, 0, 3)),
        Propagate = Select,
    };

    private static void Select(InferenceContext context)
    {
        if (context.IntegersOf(0) is { } condition && context.IntegersOf(1) is { } x && context.IntegersOf(2) is { } y
            && context.ResultShape(0) is { IsStatic: true } shape && shape.ElementCount <= IntegerTensor.MaximumCount
            && new[] { condition, x, y }.All(item => item.Items.Length == 1 || item.Items.Length == shape.ElementCount))
        {
            var items = Enumerable.Range(0, (int)shape.ElementCount).Select(i => Pick(At(condition, i), At(x, i), At(y, i)));
            context.SetIntegers(0, new([.. shape.ToArray()], [.. items]));
        }
    }

    private static SymbolicInteger At(IntegerTensor tensor, int index) => tensor.Items[tensor.Items.Length == 1 ? 0 : index];

    private static SymbolicInteger Pick(SymbolicInteger condition, SymbolicInteger x, SymbolicInteger y) =>
        condition.IsKnown ? condition.Is(0) ? y : x
        : x == y ? x
        : SymbolicInteger.Unknown;
}
