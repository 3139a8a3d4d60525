using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.MachineLearning;

/// <summary>(x − offset)·scale per feature.</summary>
internal static class Scaler
{
    public static OperatorSchema Schema { get; } = new("Scaler", 1)
    {
        Domain = "ai.onnx.ml",
        Inputs = "X:T",
        Outputs = "Y:f32",
        Types = "T=f32|f64|i32|i64",
        Attributes = "offset:floats scale:floats",
        Infer = Elementwise.Unary,
    };
}
