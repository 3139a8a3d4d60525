using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Matrix product with 4-bit weights in blocks.</summary>
internal static class MatMulBnb4
{
    public static OperatorSchema Schema { get; } = new("MatMulBnb4", 1)
    {
        Domain = "com.microsoft",
        Inputs = "A:T1 B:T2 absmax:T1",
        Outputs = "Y:T1",
        Types = "T1=f32|f16|bf16 T2=u8",
        Attributes = "K:int! N:int! block_size:int! quant_type:int! training_mode:int transB:int=1",
        Infer = context => context.Set(0, context.ShapeOf(0) is { HasRank: true, Rank: > 0 } shape ? shape.With(shape.Rank - 1, context.Int("N")) : Shape.Unknown),
    };
}
