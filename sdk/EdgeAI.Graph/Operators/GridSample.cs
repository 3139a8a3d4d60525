using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Samples a plane at given places.</summary>
internal static class GridSample
{
    public static OperatorSchema Schema { get; } = new("GridSample", 16, 20, 22)
    {
        Inputs = "X:T1 grid:T2",
        Outputs = "Y:T1",
        Types = "T1=any T2=float",
        Attributes = "align_corners:int=0 mode:text=bilinear@-20 mode:text=linear@20 padding_mode:text=zeros",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var (data, grid) = (context.ShapeOf(0), context.ShapeOf(1));
        if (!data.HasRank || !grid.HasRank || data.Rank < 3 || grid.Rank != data.Rank)
        {
            context.Set(0, data.HasRank ? Extents.OfRank(data.Rank) : Shape.Unknown);
            return;
        }

        context.Set(0, new([data[0], data[1], .. grid.Skip(1).Take(grid.Rank - 2)]));
    }
}
