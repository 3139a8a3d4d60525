using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Puts extents of 1 in.</summary>
internal static class Unsqueeze
{
    public static OperatorSchema Schema { get; } = new("Unsqueeze", 1, 11, 13, 21, 23, 24, 25)
    {
        Inputs = "data:T axes:i64@13",
        Outputs = "expanded:T",
        Types = "T=any",
        Attributes = "axes:ints!@-13",
        Infer = Run,
        Map = Movement.Same,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        var axes = Movement.NumbersOf(context, 1, "axes");
        if (!shape.HasRank || axes is null)
        {
            context.Set(0, shape.HasRank && context.ShapeOf(1) is { HasRank: true, Rank: 1 } list && list[0] is { IsKnown: true, Value: <= 64 }
                ? Extents.OfRank(shape.Rank + (int)list[0].Value)
                : Shape.Unknown);
            return;
        }

        var places = context.Axes(axes, shape.Rank + axes.Length);
        var result = shape.Dimensions;
        foreach (var place in places.Order())
        {
            result = result.Insert(place, 1);
        }

        context.Set(0, new(result));
    }
}
