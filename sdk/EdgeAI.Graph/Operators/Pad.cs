using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Elements put before and behind along axes.</summary>
internal static class Pad
{
    public static OperatorSchema Schema { get; } = new("Pad", 1, 2, 11, 13, 18, 19, 21, 23, 24, 25)
    {
        Inputs = "data:T pads:i64@11 constant_value?:T@11 axes?:Tind@18",
        Outputs = "output:T",
        Types = "T=any Tind=index",
        Attributes = "mode:text=constant pads:ints!@-11 value:float=0.0@-11",
        Infer = Run,
    };

    internal static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        if (!shape.HasRank)
        {
            context.Set(0, Shape.Unknown);
            return;
        }

        var pads = Movement.IntegersOf(context, 1, "pads");
        if (pads is null || Axes(context, shape.Rank) is not { } axes)
        {
            context.Set(0, Extents.OfRank(shape.Rank));
            return;
        }

        if (pads.Items.Length != 2 * axes.Length)
        {
            throw context.Error($"found {pads.Items.Length} pads; expected {2 * axes.Length}, a begin and an end for each of {axes.Length} axes of {shape}.");
        }

        for (var i = 0; i < axes.Length; i++)
        {
            var result = SymbolicInteger.Of(shape[axes[i]]) + (pads.Items[i] + pads.Items[i + axes.Length]);
            shape = shape.With(axes[i], result.ToDimension());
        }

        context.Set(0, shape);
    }

    private static int[]? Axes(InferenceContext context, int rank) =>
        !context.Has(3) ? [.. Enumerable.Range(0, rank)]
        : context.NumbersOf(3) is { } axes ? context.Axes(axes, rank)
        : null;
}
