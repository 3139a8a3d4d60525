using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Gemm with an activation.</summary>
internal static class FusedGemm
{
    public static OperatorSchema Schema { get; } = new("FusedGemm", 1)
    {
        Domain = "com.microsoft",
        Inputs = "A:T B:T C?:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes =
            "activation:text activation_alpha:float activation_beta:float activation_gamma:float alpha:float=1.0 " +
            "beta:float=1.0 transA:int=0 transB:int=0",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var (a, b) = (context.ShapeOf(0), context.ShapeOf(1));
        var rows = a is { HasRank: true, Rank: 2 } ? a[context.Int("transA") != 0 ? 1 : 0] : Dimension.Unknown;
        var columns = b is { HasRank: true, Rank: 2 } ? b[context.Int("transB") != 0 ? 0 : 1] : Dimension.Unknown;
        context.Set(0, new([rows, columns]));
    }
}
