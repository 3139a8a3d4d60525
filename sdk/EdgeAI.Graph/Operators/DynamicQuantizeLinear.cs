using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Quantizes by the range that the tensor has at run time; gives scale and zero point too.</summary>
internal static class DynamicQuantizeLinear
{
    public static OperatorSchema Schema { get; } = new("DynamicQuantizeLinear", 11)
    {
        Inputs = "x:T1",
        Outputs = "y:T2 y_scale:f32 y_zero_point:T2",
        Types = "T1=f32 T2=u8",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        context.Set(0, context.ShapeOf(0));
        context.Set(1, Shape.Scalar);
        context.Set(2, Shape.Scalar);
    }
}
