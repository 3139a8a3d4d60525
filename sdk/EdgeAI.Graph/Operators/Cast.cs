using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>The same numbers in another type.</summary>
internal static class Cast
{
    public static OperatorSchema Schema { get; } = new("Cast", 1, 6, 9, 13, 19, 21, 23, 24, 25)
    {
        Inputs = "input:T1",
        Outputs = "output:T2",
        Types = "T1=any T2=any",
        Attributes = "round_mode:text=up@24 saturate:int=1@19 to:int!",
        Infer = context => context.Set(0, Generation.TypeOf(context, "to"), context.ShapeOf(0)),
        Propagate = Keep,
        Evaluate = context => context.ConstantOf(0) is { } constant ? Conversion.To(constant, Generation.TypeOf(context, "to")) : null,
    };

    private static void Keep(InferenceContext context)
    {
        var target = Generation.TypeOf(context, "to");
        if (context.IntegersOf(0) is { } items && target is DataType.Int64 or DataType.Int32 or DataType.Boolean)
        {
            context.SetIntegers(0, target == DataType.Boolean ? items with { Items = [.. items.Items.Select(Truth)] } : items);
        }
    }

    private static SymbolicInteger Truth(SymbolicInteger item) => item.IsKnown ? SymbolicInteger.Of(item.Is(0) ? 0 : 1) : SymbolicInteger.Unknown;
}
