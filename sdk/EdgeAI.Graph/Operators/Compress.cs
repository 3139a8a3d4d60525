using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Slices along an axis, or elements, picked by a list of truths.</summary>
internal static class Compress
{
    public static OperatorSchema Schema { get; } = new("Compress", 9, 11)
    {
        Inputs = "input:T condition:T1",
        Outputs = "output:T",
        Types = "T=any T1=bool",
        Attributes = "axis:int",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        context.Set(0, context.IntOrNull("axis") is not { } axis ? Extents.OfRank(1)
            : shape.HasRank ? shape.With(context.Axis(axis, shape.Rank), Dimension.Unknown) : Shape.Unknown);
    }
}
