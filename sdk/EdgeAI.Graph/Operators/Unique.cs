using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>The different elements or slices, where each stood, and how often.</summary>
internal static class Unique
{
    public static OperatorSchema Schema { get; } = new("Unique", 11)
    {
        Inputs = "X:T",
        Outputs = "Y:T indices?:i64 inverse_indices?:i64 counts?:i64",
        Types = "T=any",
        Attributes = "axis:int sorted:int=1",
        Infer = Run,
        Needs = (node, _) => node.Attributes.Contains("axis") ? [new(0) { Filled = rank => OperandNeed.AllBut(node.Attributes.Int("axis", 0), rank) }] : [],
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        var axis = context.IntOrNull("axis");
        context.Set(0, axis is null ? Extents.OfRank(1)
            : shape.HasRank ? shape.With(context.Axis(axis.Value, shape.Rank), Dimension.Unknown) : Shape.Unknown);
        for (var i = 1; i < 4; i++)
        {
            context.Set(i, DataType.Int64, Extents.OfRank(1));
        }
    }
}
