using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Crops of a plane, resampled to one size.</summary>
internal static class RoiAlign
{
    public static OperatorSchema Schema { get; } = new("RoiAlign", 10, 16, 22)
    {
        Inputs = "X:T1 rois:T1 batch_indices:T2",
        Outputs = "Y:T1",
        Types = "T1=float T2=i64",
        Attributes =
            "coordinate_transformation_mode:text=half_pixel@16 mode:text=avg output_height:int=1 output_width:int=1 " +
            "sampling_ratio:int=0 spatial_scale:float=1.0",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var (data, boxes) = (context.ShapeOf(0), context.ShapeOf(1));
        context.Set(0, new([
            boxes is { HasRank: true, Rank: > 0 } ? boxes[0] : Dimension.Unknown, data is { HasRank: true, Rank: > 1 } ? data[1] : Dimension.Unknown,
            context.Int("output_height"), context.Int("output_width")]));
    }
}
