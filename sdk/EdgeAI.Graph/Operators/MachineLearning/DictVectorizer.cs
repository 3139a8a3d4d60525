using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.MachineLearning;

/// <summary>Values of a map in the order of a vocabulary.</summary>
internal static class DictVectorizer
{
    public static OperatorSchema Schema { get; } = new("DictVectorizer", 1)
    {
        Domain = "ai.onnx.ml",
        Inputs = "X:T1",
        Outputs = "Y:T2",
        Types = "T1=any T2=f32|f64|i64|string",
        Attributes = "int64_vocabulary:ints string_vocabulary:texts",
        Infer = static context => context.SetType(0, context.TypeOf(0) is MapType { Element: TensorType value } ? new TensorType(value.Element, Extents.OfRank(2)) : null),
    };
}
