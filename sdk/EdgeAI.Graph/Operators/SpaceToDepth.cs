using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Moves blocks of the plane into channels.</summary>
internal static class SpaceToDepth
{
    public static OperatorSchema Schema { get; } = new("SpaceToDepth", 1, 13)
    {
        Inputs = "input:T",
        Outputs = "output:T",
        Types = "T=any",
        Attributes = "blocksize:int!",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        context.ExpectRank(0, 4);
        var shape = context.ShapeOf(0);
        var block = context.Int("blocksize");
        if (!shape.HasRank || block < 1)
        {
            context.Set(0, block < 1 ? throw context.Error($"blocksize is {block}; expected at least 1.") : Extents.OfRank(4));
            return;
        }

        context.Set(0, new([shape[0], Extents.Multiply(shape[1], checked(block * block)), Part(context, shape[2], block), Part(context, shape[3], block)]));
    }

    private static Dimension Part(InferenceContext context, Dimension extent, long block) =>
        !extent.IsKnown || extent.Value % block == 0 ? Extents.Divide(extent, block)
        : throw context.Error($"operand {context.ShapeOf(0)} has extent {extent}; expected a multiple of {block}.");
}
