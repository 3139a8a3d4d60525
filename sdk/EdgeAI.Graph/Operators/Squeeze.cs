using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Takes extents of 1 away.</summary>
internal static class Squeeze
{
    public static OperatorSchema Schema { get; } = new("Squeeze", 1, 11, 13, 21, 23, 24, 25)
    {
        Inputs = "data:T axes?:i64@13",
        Outputs = "squeezed:T",
        Types = "T=any",
        Attributes = "axes:ints@-13",
        Infer = Run,
        Map = Movement.Same,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        var axes = Movement.NumbersOf(context, 1, "axes");
        var isGiven = context.Has(1) || axes is not null;
        if (!shape.HasRank || (isGiven && axes is null) || (!isGiven && !shape.IsStatic))
        {
            context.Set(0, shape.HasRank && context.ShapeOf(1) is { HasRank: true, Rank: 1 } list && list[0].IsKnown && list[0].Value <= shape.Rank
                ? Extents.OfRank(shape.Rank - (int)list[0].Value)
                : Shape.Unknown);
            return;
        }

        int[] gone = isGiven ? context.Axes(axes!, shape.Rank) : [.. Enumerable.Range(0, shape.Rank).Where(axis => shape[axis].Value == 1)];
        foreach (var axis in gone)
        {
            if (shape[axis].IsKnown && shape[axis].Value != 1)
            {
                throw context.Error($"axis {axis} of shape {shape} has extent {shape[axis]}; expected 1.");
            }
        }

        context.Set(0, Reduction.Reduce(shape, gone, keep: false));
    }
}
