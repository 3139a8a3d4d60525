using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Places to sample at, for affine maps.</summary>
internal static class AffineGrid
{
    public static OperatorSchema Schema { get; } = new("AffineGrid", 20)
    {
        Inputs = "theta:T1 size:T2",
        Outputs = "grid:T1",
        Types = "T1=float T2=i64",
        Attributes = "align_corners:int=0",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var size = Movement.ShapeFrom(context, 1);
        context.Set(0, size is { HasRank: true, Rank: > 2 } ? new([size[0], .. size.Skip(2), size.Rank - 2]) : Shape.Unknown);
    }
}
