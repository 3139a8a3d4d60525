using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>The tensors of a sequence one behind the other, or stacked.</summary>
internal static class ConcatFromSequence
{
    public static OperatorSchema Schema { get; } = new("ConcatFromSequence", 11)
    {
        Inputs = "input_sequence:S",
        Outputs = "concat_result:T",
        Types = "S=any T=any",
        Attributes = "axis:int! new_axis:int=0",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        if (context.TypeOf(0) is not SequenceType { Element: TensorType item })
        {
            return;
        }

        var isNew = context.Int("new_axis") != 0;
        if (!item.Shape.HasRank)
        {
            context.Set(0, item.Element, Shape.Unknown);
            return;
        }

        var axis = context.Axis(context.Int("axis"), item.Shape.Rank + (isNew ? 1 : 0));
        context.Set(0, item.Element, isNew ? new(item.Shape.Dimensions.Insert(axis, Dimension.Unknown)) : item.Shape.With(axis, Dimension.Unknown));
    }
}
