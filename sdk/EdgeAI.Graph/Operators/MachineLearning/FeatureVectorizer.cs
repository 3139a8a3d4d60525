using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.MachineLearning;

/// <summary>Features of several tensors in one row.</summary>
internal static class FeatureVectorizer
{
    public static OperatorSchema Schema { get; } = new("FeatureVectorizer", 1)
    {
        Domain = "ai.onnx.ml",
        Inputs = "X+:V",
        Outputs = "Y:f32",
        Types = "V=any",
        Attributes = "inputdimensions:ints",
        Infer = static context => context.Set(0, Extents.OfRank(2)),
    };
}
