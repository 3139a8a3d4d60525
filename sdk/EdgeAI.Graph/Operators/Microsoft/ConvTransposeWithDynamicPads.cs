using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>ConvTranspose whose pads are an operand, so that the plane is known in the run only.</summary>
internal static class ConvTransposeWithDynamicPads
{
    public static OperatorSchema Schema { get; } = new("ConvTransposeWithDynamicPads", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T W:T Pads?:i64 B?:T",
        Outputs = "Y:T",
        Types = "T=f16|f32|f64",
        Attributes = "auto_pad:text=NOTSET dilations:ints group:int=1 kernel_shape:ints output_padding:ints strides:ints",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var (data, weights) = (context.ShapeOf(0), context.ShapeOf(1));
        var channels = Extents.Multiply(Extents.At(weights, 1), context.Int("group"));
        context.Set(0, data.HasRank ? Extents.OfRank(data.Rank).With(0, data[0]).With(1, channels) : Shape.Unknown);
    }
}
