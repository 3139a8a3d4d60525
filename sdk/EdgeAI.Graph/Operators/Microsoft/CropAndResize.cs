using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Boxes cut out of pictures and resampled.</summary>
internal static class CropAndResize
{
    public static OperatorSchema Schema { get; } = new("CropAndResize", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T1 rois:T1 batch_indices:T2 crop_size:T2",
        Outputs = "Y:T1",
        Types = "T1=f16|f32|f64 T2=i32",
        Attributes = "extrapolation_value:float mode:text=bilinear",
        Infer = Run,
        Needs = (_, _) => [new(0) { Rank = 4 }],
    };

    private static void Run(InferenceContext context)
    {
        var size = context.IntegersOf(3) is { Items: [var height, var width] } ? (height.ToDimension(), width.ToDimension()) : (Dimension.Unknown, Dimension.Unknown);
        context.Set(0, new([Extents.At(context.ShapeOf(1), 0), Extents.At(context.ShapeOf(0), 1), size.Item1, size.Item2]));
    }
}
