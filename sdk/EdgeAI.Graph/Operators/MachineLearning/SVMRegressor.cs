using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.MachineLearning;

/// <summary>Numbers by support vectors.</summary>
internal static class SVMRegressor
{
    public static OperatorSchema Schema { get; } = new("SVMRegressor", 1)
    {
        Domain = "ai.onnx.ml",
        Inputs = "X:T",
        Outputs = "Y:f32",
        Types = "T=f32|f64|i32|i64",
        Attributes =
            "coefficients:floats kernel_params:floats kernel_type:text=LINEAR n_supports:int=0 one_class:int=0 " +
            "post_transform:text=NONE rho:floats support_vectors:floats",
        Infer = static context => Classifiers.Regress(context, ""),
    };
}
