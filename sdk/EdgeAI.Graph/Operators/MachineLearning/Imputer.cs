using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.MachineLearning;

/// <summary>Missing features filled in.</summary>
internal static class Imputer
{
    public static OperatorSchema Schema { get; } = new("Imputer", 1)
    {
        Domain = "ai.onnx.ml",
        Inputs = "X:T",
        Outputs = "Y:T",
        Types = "T=f32|f64|i32|i64",
        Attributes =
            "imputed_value_floats:floats imputed_value_int64s:ints replaced_value_float:float=0.0 " +
            "replaced_value_int64:int=0",
        Infer = Elementwise.Unary,
    };
}
