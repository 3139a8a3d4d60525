using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Gemm over quantized matrices.</summary>
internal static class QGemm
{
    public static OperatorSchema Schema { get; } = new("QGemm", 1)
    {
        Domain = "com.microsoft",
        Inputs = "A:TA a_scale:f32 a_zero_point:TA B:TB b_scale:f32 b_zero_point:TB C?:i32 y_scale?:f32 y_zero_point?:TYZ",
        Outputs = "Y:any",
        Types = "TA=int8 TB=int8 TYZ=int8",
        Attributes = "alpha:float=1.0 transA:int=0 transB:int=0",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var (a, b) = (context.ShapeOf(0), context.ShapeOf(3));
        var rows = a is { HasRank: true, Rank: 2 } ? a[context.Int("transA") != 0 ? 1 : 0] : Dimension.Unknown;
        var columns = b is { HasRank: true, Rank: 2 } ? b[context.Int("transB") != 0 ? 0 : 1] : Dimension.Unknown;
        context.Set(0, context.Has(8) ? context.ElementOf(8) : DataType.Float32, new([rows, columns]));
    }
}
