using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Cuts a tensor along an axis.</summary>
internal static class Split
{
    public static OperatorSchema Schema { get; } = new("Split", 1, 2, 11, 13, 18)
    {
        Inputs = "input:T split?:i64@13",
        Outputs = "outputs+:T",
        Types = "T=any",
        Attributes = "axis:int=0 num_outputs:int@18 split:ints@-13",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        if (!shape.HasRank)
        {
            for (var i = 0; i < context.OutputCount; i++)
            {
                context.Set(i, Shape.Unknown);
            }

            return;
        }

        var axis = context.Axis(context.Int("axis"), shape.Rank);
        var sizes = Movement.IntegersOf(context, 1, "split");
        if (sizes is not null && sizes.Items.Length != context.OutputCount)
        {
            throw context.Error($"found {sizes.Items.Length} sizes; expected {context.OutputCount}, one for each result.");
        }

        for (var i = 0; i < context.OutputCount; i++)
        {
            var size = sizes is not null ? sizes.Items[i].ToDimension() : context.Has(1) ? Dimension.Unknown : Equal(context, shape[axis], i);
            context.Set(i, shape.With(axis, size));
            Cut(context, axis, i, sizes);
        }
    }

    /// <summary>Equal parts; from version 18 the last may be smaller.</summary>
    private static Dimension Equal(InferenceContext context, Dimension extent, int index)
    {
        var count = context.IntOrNull("num_outputs") ?? context.OutputCount;
        if (!extent.IsKnown)
        {
            return context.Version < 18 && count > 0 ? Extents.Divide(extent, count) : Dimension.Unknown;
        }

        if (count < context.OutputCount || (context.Version < 18 && extent.Value % count != 0))
        {
            throw context.Error($"extent {extent} cannot be cut into {count} equal parts for {context.OutputCount} results.");
        }

        var part = (extent.Value + count - 1) / count;
        return Math.Clamp(extent.Value - part * index, 0, part);
    }

    private static void Cut(InferenceContext context, int axis, int index, IntegerTensor? sizes)
    {
        var result = (context.ResultType(index) as TensorType)!.Shape;
        if (axis != 0 || context.IntegersOf(0) is not { Rank: 1 } items || !result.IsStatic)
        {
            return;
        }

        var start = sizes is { IsKnown: true } ? sizes.Items.Take(index).Sum(item => item.Value) : index * Equal(context, items.Items.Length, 0).Value;
        if (start + result[0].Value <= items.Items.Length)
        {
            context.SetIntegers(index, IntegerTensor.Vector(items.Items.Slice((int)start, (int)result[0].Value)));
        }
    }
}
