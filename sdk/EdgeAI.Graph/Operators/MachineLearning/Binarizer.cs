using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.MachineLearning;

/// <summary>1 above a threshold, else 0.</summary>
internal static class Binarizer
{
    public static OperatorSchema Schema { get; } = new("Binarizer", 1)
    {
        Domain = "ai.onnx.ml",
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=f32|f64|i32|i64",
        Attributes = "threshold:float=0.0",
        Infer = Elementwise.Unary,
    };
}
