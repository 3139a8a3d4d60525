using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>α·A·B with A or B transposed on demand.</summary>
internal static class TransposeMatMul
{
    public static OperatorSchema Schema { get; } = new("TransposeMatMul", 1)
    {
        Domain = "com.microsoft",
        Inputs = "A:T B:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes = "alpha:float=1 transA:int=0 transB:int=0",
        Infer = Run,
    };

    private static void Run(InferenceContext context) =>
        context.Set(0, Products.MatMulShape(context, FusedMatMul.Side(context, 0, "transA"), FusedMatMul.Side(context, 1, "transB")));
}
