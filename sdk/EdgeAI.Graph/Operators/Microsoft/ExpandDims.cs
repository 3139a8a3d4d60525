using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Puts an extent of 1 in.</summary>
internal static class ExpandDims
{
    public static OperatorSchema Schema { get; } = new("ExpandDims", 1)
    {
        Domain = "com.microsoft",
        Inputs = "X:T axis:i32",
        Outputs = "Y:T",
        Types = "T=any",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        context.Set(0, !shape.HasRank ? Shape.Unknown
            : context.NumbersOf(1) is [var axis] ? new(shape.Dimensions.Insert(context.Axis(axis, shape.Rank + 1), 1))
            : Extents.OfRank(shape.Rank + 1));
    }
}
