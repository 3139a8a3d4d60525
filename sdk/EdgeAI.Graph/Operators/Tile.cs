using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Repeats the tensor along each axis.</summary>
internal static class Tile
{
    public static OperatorSchema Schema { get; } = new("Tile", 1, 6, 13)
    {
        Inputs = "input:T repeats:T1",
        Outputs = "output:T",
        Types = "T=any T1=i64",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        if (!shape.HasRank)
        {
            context.Set(0, Shape.Unknown);
            return;
        }

        var repeats = context.IntegersOf(1);
        if (repeats is not null && repeats.Items.Length != shape.Rank)
        {
            throw context.Error($"found {repeats.Items.Length} repeats for operand {shape}; expected {shape.Rank}.");
        }

        context.Set(0, repeats is null ? Extents.OfRank(shape.Rank)
            : new([.. shape.Select((extent, axis) => Extents.Multiply(extent, repeats.Items[axis].ToDimension()))]));
    }
}
