using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Quantized tensors one behind the other along an axis.</summary>
internal static class QLinearConcat
{
    public static OperatorSchema Schema { get; } = new("QLinearConcat", 1)
    {
        Domain = "com.microsoft",
        Inputs = "Y_scale:f32 Y_zero_point:T inputs+:V",
        Outputs = "Y:T",
        Types = "T=int8 V=any",
        Attributes = "axis:int!",
        Infer = Run,
        Needs = (node, _) => OperandNeed.EqualRanks(node, Enumerable.Range(0, Math.Max(0, (node.Inputs.Count - 2) / 3)).Select(i => 2 + (3 * i))),
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(2);
        if (!shape.HasRank)
        {
            context.Set(0, Shape.Unknown);
            return;
        }

        var axis = context.Axis(context.Int("axis"), shape.Rank);
        var length = shape[axis];
        for (var i = 5; i < context.InputCount; i += 3)
        {
            length = Extents.Add(length, context.ShapeOf(i) is { HasRank: true } next && next.Rank == shape.Rank ? next[axis] : Dimension.Unknown);
        }

        context.Set(0, shape.With(axis, length));
    }
}
