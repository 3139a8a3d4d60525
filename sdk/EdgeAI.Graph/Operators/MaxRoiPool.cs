using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>The largest element of each cell of each crop.</summary>
internal static class MaxRoiPool
{
    public static OperatorSchema Schema { get; } = new("MaxRoiPool", 1, 22)
    {
        Inputs = "X:T rois:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes = "pooled_shape:ints! spatial_scale:float=1.0",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var (data, boxes) = (context.ShapeOf(0), context.ShapeOf(1));
        context.Set(0, new([
            boxes is { HasRank: true, Rank: > 0 } ? boxes[0] : Dimension.Unknown, data is { HasRank: true, Rank: > 1 } ? data[1] : Dimension.Unknown,
            .. context.Ints("pooled_shape").Select(Dimension.Of)]));
    }
}
