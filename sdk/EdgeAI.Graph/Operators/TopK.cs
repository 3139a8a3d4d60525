using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>The largest or smallest elements along an axis, and their indices.</summary>
internal static class TopK
{
    public static OperatorSchema Schema { get; } = new("TopK", 1, 10, 11, 24)
    {
        Inputs = "X:T K:i64@10",
        Outputs = "Values:T Indices:i64",
        Types = "T=numeric",
        Attributes = "axis:int=-1 k:int!@-10 largest:int=1@11 sorted:int=1@11",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        if (shape.HasRank)
        {
            var count = context.Version < 10 ? context.Int("k")
                : context.IntegersOf(1) is { Items: [var item] } ? item.ToDimension() : Dimension.Unknown;
            shape = shape.With(context.Axis(context.Int("axis"), shape.Rank), count);
        }

        context.Set(0, shape);
        context.Set(1, DataType.Int64, shape);
    }
}
