using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Cuts a tensor along an axis into a sequence.</summary>
internal static class SplitToSequence
{
    public static OperatorSchema Schema { get; } = new("SplitToSequence", 11, 24)
    {
        Inputs = "input:T split?:I",
        Outputs = "output_sequence:S",
        Types = "T=any I=index S=any",
        Attributes = "axis:int=0 keepdims:int=1",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        if (shape.HasRank)
        {
            var axis = context.Axis(context.Int("axis"), shape.Rank);
            shape = !context.Has(1) && context.Int("keepdims") == 0 ? Reduction.Reduce(shape, [axis], keep: false)
                : shape.With(axis, context.Has(1) ? Dimension.Unknown : 1);
        }

        context.SetType(0, new SequenceType(new TensorType(context.ElementOf(0), shape)));
    }
}
