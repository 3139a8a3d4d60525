using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Adds columns of blocks up into planes.</summary>
internal static class Col2Im
{
    public static OperatorSchema Schema { get; } = new("Col2Im", 18)
    {
        Inputs = "input:T image_shape:i64 block_shape:i64",
        Outputs = "output:T",
        Types = "T=any",
        Attributes = "dilations:ints pads:ints strides:ints",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var (data, plane) = (context.ShapeOf(0), Movement.ShapeFrom(context, 1));
        var block = context.NumbersOf(2);
        if (!data.HasRank || data.Rank != 3 || !plane.HasRank)
        {
            context.Set(0, plane.HasRank ? Extents.OfRank(plane.Rank + 2) : Shape.Unknown);
            return;
        }

        var area = block?.Aggregate(1L, (a, b) => checked(a * b)) ?? 0;
        var channels = data[1].IsKnown && area > 0 ? data[1].Value / area : Dimension.Unknown;
        context.Set(0, new([data[0], channels, .. plane]));
    }
}
