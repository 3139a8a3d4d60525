using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The same numbers in the type of another tensor.</summary>
internal static class CastLike
{
    public static OperatorSchema Schema { get; } = new("CastLike", 15, 19, 21, 23, 24, 25)
    {
        Inputs = "input:T1 target_type:T2",
        Outputs = "output:T2",
        Types = "T1=any T2=any",
        Attributes = "round_mode:text=up@24 saturate:int=1@19",
        Infer = context => context.Set(0, context.ElementOf(1), context.ShapeOf(0)),
        Evaluate = context => context.ConstantOf(0) is { } constant ? Conversion.To(constant, context.ElementOf(1)) : null,
    };
}
