using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Picks boxes that overlap little: rows of batch, class, box.</summary>
internal static class NonMaxSuppression
{
    public static OperatorSchema Schema { get; } = new("NonMaxSuppression", 10, 11)
    {
        Inputs = "boxes:f32 scores:f32 max_output_boxes_per_class?:i64 iou_threshold?:f32 score_threshold?:f32",
        Outputs = "selected_indices:i64",
        Attributes = "center_point_box:int=0",
        Infer = static context => context.Set(0, new Shape([Dimension.Unknown, 3])),
    };
}
