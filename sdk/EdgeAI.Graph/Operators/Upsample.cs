using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Resamples every axis by a factor; replaced by Resize in version 10.</summary>
internal static class Upsample
{
    public static OperatorSchema Schema { get; } = new("Upsample", 1, 7, 9, 10)
    {
        Inputs = "X:T scales:f32@9",
        Outputs = "Y:T",
        Types = "T=any",
        Attributes = "mode:text=nearest scales:floats!@-9",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        ReadOnlySpan<float> scales = context.Attribute("scales") is AttributeValue.Floats given ? given.Values.AsSpan()
            : context.ConstantOf(1) is { Type: DataType.Float32 } constant ? constant.AsSpan<float>()
            : [];
        if (!shape.HasRank || scales.Length == 0)
        {
            context.Set(0, shape.HasRank ? Extents.OfRank(shape.Rank) : Shape.Unknown);
            return;
        }

        if (scales.Length != shape.Rank)
        {
            throw context.Error($"found {scales.Length} scales; expected {shape.Rank} for operand {shape}.");
        }

        for (var i = 0; i < shape.Rank; i++)
        {
            shape = shape.With(i, Extents.Scale(shape[i], scales[i]));
        }

        context.Set(0, shape);
    }
}
