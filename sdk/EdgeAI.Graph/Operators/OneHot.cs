using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>A row of one value with another at the index.</summary>
internal static class OneHot
{
    public static OperatorSchema Schema { get; } = new("OneHot", 9, 11)
    {
        Inputs = "indices:T1 depth:T2 values:T3",
        Outputs = "output:T3",
        Types = "T1=numeric T2=numeric T3=any",
        Attributes = "axis:int=-1",
        Infer = Run,
        Needs = (_, _) => [new(1) { IsSingle = true }],
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        if (!shape.HasRank)
        {
            context.Set(0, Shape.Unknown);
            return;
        }

        var axis = context.Axis(context.Int("axis"), shape.Rank + 1);
        context.Set(0, new(shape.Dimensions.Insert(axis, Depth(context))));
    }

    private static Dimension Depth(InferenceContext context) =>
        context.IntegersOf(1) is { Items: [var item] } ? item.ToDimension()
        : context.ConstantOf(1) is { Type: DataType.Float32, Shape.ElementCount: 1 } number ? (long)number.AsSpan<float>()[0]
        : Dimension.Unknown;
}
