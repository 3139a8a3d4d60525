using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>The mean over axes of a quantized tensor.</summary>
internal static class QLinearReduceMean
{
    public static OperatorSchema Schema { get; } = new("QLinearReduceMean", 1)
    {
        Domain = "com.microsoft",
        Inputs = "data:T data_scale:f32 data_zero_point?:T reduced_scale:f32 reduced_zero_point?:T",
        Outputs = "reduced:T",
        Types = "T=int8",
        Attributes = "axes:ints! keepdims:int!",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        context.Set(0, shape.HasRank ? Reduction.Reduce(shape, context.Axes(context.Ints("axes"), shape.Rank), context.Int("keepdims") != 0) : Shape.Unknown);
    }
}
