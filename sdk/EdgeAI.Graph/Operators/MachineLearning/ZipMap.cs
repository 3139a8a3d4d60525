using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.MachineLearning;

/// <summary>Scores as a map from class to score, for each row.</summary>
internal static class ZipMap
{
    public static OperatorSchema Schema { get; } = new("ZipMap", 1)
    {
        Domain = "ai.onnx.ml",
        Inputs = "X:f32",
        Outputs = "Z:T",
        Types = "T=any",
        Attributes = "classlabels_int64s:ints classlabels_strings:texts",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var key = context.Attribute("classlabels_strings") is AttributeValue.Texts { Values.Length: > 0 } ? DataType.String : DataType.Int64;
        context.SetType(0, new SequenceType(new MapType(key, new TensorType(DataType.Float32, Shape.Scalar))));
    }
}
