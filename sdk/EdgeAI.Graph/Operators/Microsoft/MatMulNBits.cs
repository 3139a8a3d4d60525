using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Matrix product with weights of few bits in blocks.</summary>
internal static class MatMulNBits
{
    public static OperatorSchema Schema { get; } = new("MatMulNBits", 1)
    {
        Domain = "com.microsoft",
        Inputs = "A:T1 B:T2 scales:float zero_points?:any g_idx?:i32 bias?:T1",
        Outputs = "Y:T1",
        Types = "T1=float T2=u8|i32",
        Attributes = "K:int! N:int! accuracy_level:int=0 bits:int=4 block_size:int!",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        context.Set(0, shape is { HasRank: true, Rank: > 0 } ? shape.With(shape.Rank - 1, context.Int("N")) : Shape.Unknown);
    }
}
