using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.MachineLearning;

/// <summary>Classes by support vectors.</summary>
internal static class SVMClassifier
{
    public static OperatorSchema Schema { get; } = new("SVMClassifier", 1)
    {
        Domain = "ai.onnx.ml",
        Inputs = "X:T1",
        Outputs = "Y:T2 Z:f32",
        Types = "T1=f32|f64|i32|i64 T2=i64|string",
        Attributes =
            "classlabels_ints:ints classlabels_strings:texts coefficients:floats kernel_params:floats " +
            "kernel_type:text=LINEAR post_transform:text=NONE prob_a:floats prob_b:floats rho:floats " +
            "support_vectors:floats vectors_per_class:ints",
        Infer = static context => Classifiers.Infer(context, "classlabels_ints"),
    };
}
