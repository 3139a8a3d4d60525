using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>α·A·B, with A or B transposed on demand.</summary>
internal static class FusedMatMul
{
    public static OperatorSchema Schema { get; } = new("FusedMatMul", 1)
    {
        Domain = "com.microsoft",
        Inputs = "A:T B:T",
        Outputs = "Y:T",
        Types = "T=float",
        Attributes = "alpha:float=1.0 transA:int=0 transB:int=0 transBatchA:int=0 transBatchB:int=0",
        Infer = Run,
    };

    internal static void Run(InferenceContext context)
    {
        if (context.Int("transBatchA") != 0 || context.Int("transBatchB") != 0)
        {
            context.Set(0, context.ShapeOf(0).HasRank ? Extents.OfRank(context.ShapeOf(0).Rank) : Shape.Unknown);
            return;
        }

        context.Set(0, Products.MatMulShape(context, Side(context, 0, "transA"), Side(context, 1, "transB")));
    }

    internal static Shape Side(InferenceContext context, int input, string attribute)
    {
        var shape = context.ShapeOf(input);
        return context.Int(attribute) == 0 || !shape.HasRank || shape.Rank < 2 ? shape
            : shape.With(shape.Rank - 1, shape[shape.Rank - 2]).With(shape.Rank - 2, shape[shape.Rank - 1]);
    }
}
