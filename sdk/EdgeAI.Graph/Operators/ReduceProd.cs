using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The product over axes.</summary>
internal static class ReduceProd
{
    public static OperatorSchema Schema { get; } = new("ReduceProd", 1, 11, 13, 18)
    {
        Inputs = "data:T axes?:i64@18",
        Outputs = "reduced:T",
        Types = "T=float|i32|i64|u32|u64",
        Attributes = "axes:ints@-18 keepdims:int=1 noop_with_empty_axes:int=0@18",
        Infer = Reduction.Infer,
        Propagate = context => context.SetIntegers(0, context.IntegersOf(0) is { } x && context.ResultShape(0) is { IsStatic: true, ElementCount: 1 } shape
        ? new([.. shape.ToArray()], [x.Items.Aggregate(SymbolicInteger.Of(1), static (a, b) => a * b)])
        : null),
    };
}
