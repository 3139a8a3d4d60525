using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Cuts the borders of planes (an experiment of 2017).</summary>
internal static class Crop
{
    public static OperatorSchema Schema { get; } = new("Crop", 1)
    {
        Inputs = "input:T",
        Outputs = "output:T",
        Types = "T=float",
        Attributes = "border:ints scale:ints",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        context.ExpectRank(0, 4);
        var shape = context.ShapeOf(0);
        var border = context.Ints("border");
        if (border.IsDefault || border.Length != 4)
        {
            throw context.Error("attribute 'border' holds no four numbers: left, top, right, bottom.");
        }

        if (!shape.HasRank)
        {
            context.Set(0, Extents.OfRank(4));
            return;
        }

        var scale = context.Ints("scale");
        var hasScale = !scale.IsDefaultOrEmpty && scale.Length == 2;
        var height = hasScale ? scale[0] : Cut(context, shape[2], border[1], border[3]);
        var width = hasScale ? scale[1] : Cut(context, shape[3], border[0], border[2]);
        context.Set(0, new([shape[0], shape[1], height, width]));
    }

    private static Dimension Cut(InferenceContext context, Dimension extent, long first, long last)
    {
        if (!extent.IsKnown)
        {
            return Dimension.Unknown;
        }

        var left = checked(extent.Value - first - last);
        return left >= 0 ? left : throw context.Error($"borders {first} and {last} are wider than extent {extent}.");
    }
}
