using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Moves channels into blocks of the plane.</summary>
internal static class DepthToSpace
{
    public static OperatorSchema Schema { get; } = new("DepthToSpace", 1, 11, 13)
    {
        Inputs = "input:T",
        Outputs = "output:T",
        Types = "T=any",
        Attributes = "blocksize:int! mode:text=DCR@11",
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

        var area = checked(block * block);
        if (shape[1].IsKnown && shape[1].Value % area != 0)
        {
            throw context.Error($"operand {shape} has {shape[1]} channels; expected a multiple of {area}.");
        }

        context.Set(0, new([shape[0], Extents.Divide(shape[1], area), Extents.Multiply(shape[2], block), Extents.Multiply(shape[3], block)]));
    }
}
