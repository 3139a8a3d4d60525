using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Cuts or pads axes around their middle.</summary>
internal static class CenterCropPad
{
    public static OperatorSchema Schema { get; } = new("CenterCropPad", 18)
    {
        Inputs = "input_data:T shape:Tind",
        Outputs = "output_data:T",
        Types = "T=any Tind=index",
        Attributes = "axes:ints",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var (shape, wish) = (context.ShapeOf(0), Movement.ShapeFrom(context, 1));
        if (!shape.HasRank)
        {
            context.Set(0, Shape.Unknown);
            return;
        }

        var axes = context.Ints("axes") is { IsDefault: false } given ? context.Axes(given, shape.Rank) : [.. Enumerable.Range(0, shape.Rank)];
        if (wish.HasRank && wish.Rank != axes.Length)
        {
            throw context.Error($"found {wish.Rank} extents; expected {axes.Length}.");
        }

        for (var i = 0; i < axes.Length; i++)
        {
            shape = shape.With(axes[i], wish.HasRank ? wish[i] : Dimension.Unknown);
        }

        context.Set(0, shape);
    }
}
