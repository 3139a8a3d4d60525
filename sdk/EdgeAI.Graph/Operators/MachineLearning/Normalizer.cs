using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.MachineLearning;

/// <summary>Rows divided by their norm.</summary>
internal static class Normalizer
{
    public static OperatorSchema Schema { get; } = new("Normalizer", 1)
    {
        Domain = "ai.onnx.ml",
        Inputs = "X:T",
        Outputs = "Y:f32",
        Types = "T=f32|f64|i32|i64",
        Attributes = "norm:text=MAX",
        Infer = Elementwise.Unary,
    };
}
