using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>The mean of each channel of a quantized tensor.</summary>
internal static class QLinearGlobalAveragePool
{
    public static OperatorSchema Schema { get; } = new("QLinearGlobalAveragePool", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T x_scale:f32 x_zero_point:T y_scale:f32 y_zero_point:T",
        Outputs = "Y:T",
        Types = "T=int8",
        Attributes = "channels_last:int=0",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        var last = context.Int("channels_last") != 0;
        context.Set(0, shape.HasRank
            ? new([.. shape.Select((extent, axis) => axis == 0 || axis == (last ? shape.Rank - 1 : 1) ? extent : 1)])
            : Shape.Unknown);
    }
}
