using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>GroupNorm of a sum, which it also gives.</summary>
internal static class SkipGroupNorm
{
    public static OperatorSchema Schema { get; } = new("SkipGroupNorm", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T gamma:M beta:M skip:T bias?:T",
        Outputs = "Y:T S?:T",
        Types = "T=f16|f32 M=f16|f32",
        Attributes = "activation:int! channels_last:int=1 epsilon:float=9.99999975e-06 groups:int!",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        context.Set(0, context.ShapeOf(0));
        context.Set(1, context.ShapeOf(0));
    }
}
