using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>α·A·B + β·C, with A or B transposed on demand.</summary>
internal static class Gemm
{
    public static OperatorSchema Schema { get; } = new("Gemm", 1, 6, 7, 9, 11, 13)
    {
        Inputs = "A:T B:T C:T@-11 C?:T@11",
        Outputs = "Y:T",
        Types = "T=float|i32|i64|u32|u64",
        Attributes = "alpha:float=1.0 beta:float=1.0 transA:int=0 transB:int=0",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        context.ExpectRank(0, 2);
        context.ExpectRank(1, 2);
        var (a, b) = (context.ShapeOf(0), context.ShapeOf(1));
        var (rows, left) = Sides(a, context.Int("transA") != 0);
        var (right, columns) = Sides(b, context.Int("transB") != 0);
        if (Extents.Unify(left, right) is null)
        {
            throw context.Error($"operands have shapes {a} and {b}; expected equal inner extents, found {left} and {right}.");
        }

        context.Set(0, new([rows, columns]));
    }

    private static (Dimension Rows, Dimension Columns) Sides(Shape shape, bool isTransposed) =>
        !shape.HasRank ? (Dimension.Unknown, Dimension.Unknown)
        : isTransposed ? (shape[1], shape[0])
        : (shape[0], shape[1]);
}
