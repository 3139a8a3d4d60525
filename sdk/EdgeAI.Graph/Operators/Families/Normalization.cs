using EdgeAI.Graph.Inference;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Families;

/// <summary>Normalizations that also give their statistics.</summary>
internal static class Normalization
{
    /// <summary>Result 0 as operand 0; the statistics behind it have 1 from the axis on.</summary>
    public static void Layer(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        context.Set(0, shape);
        if (!shape.HasRank || context.OutputCount < 2)
        {
            return;
        }

        var axis = context.Axis(context.Int("axis"), shape.Rank);
        var statistics = new Shape([.. shape.Select((extent, i) => i < axis ? extent : 1)]);
        context.Set(1, DataType.Float32, statistics);
        context.Set(2, DataType.Float32, statistics);
    }

    /// <summary>Result 0 as operand 0; the statistics behind it have operand 1's shape.</summary>
    public static void Batch(InferenceContext context)
    {
        context.Set(0, context.ShapeOf(0));
        for (var i = 1; i < context.OutputCount; i++)
        {
            context.Set(i, context.ShapeOf(1));
        }
    }
}
