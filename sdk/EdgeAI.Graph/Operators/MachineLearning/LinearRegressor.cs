using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.MachineLearning;

/// <summary>Numbers by weighted sums.</summary>
internal static class LinearRegressor
{
    public static OperatorSchema Schema { get; } = new("LinearRegressor", 1)
    {
        Domain = "ai.onnx.ml",
        Inputs = "X:T",
        Outputs = "Y:f32",
        Types = "T=f32|f64|i32|i64",
        Attributes = "coefficients:floats intercepts:floats post_transform:text=NONE targets:int=1",
        Infer = static context => Classifiers.Regress(context, "targets"),
    };
}
