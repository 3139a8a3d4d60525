using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.MachineLearning;

/// <summary>Picks features of the last axis.</summary>
internal static class ArrayFeatureExtractor
{
    public static OperatorSchema Schema { get; } = new("ArrayFeatureExtractor", 1)
    {
        Domain = "ai.onnx.ml",
        Inputs = "X:T Y:i64",
        Outputs = "Z:T",
        Types = "T=f32|f64|i32|i64|string",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var (shape, picked) = (context.ShapeOf(0), context.ShapeOf(1));
        var count = picked.IsStatic ? picked.ElementCount : Dimension.Unknown;
        context.Set(0, !shape.HasRank ? Shape.Unknown : shape.Rank == 1 ? new([1, count]) : shape.With(shape.Rank - 1, count));
    }
}
