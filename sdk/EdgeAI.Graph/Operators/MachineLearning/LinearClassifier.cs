using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.MachineLearning;

/// <summary>Classes by weighted sums.</summary>
internal static class LinearClassifier
{
    public static OperatorSchema Schema { get; } = new("LinearClassifier", 1)
    {
        Domain = "ai.onnx.ml",
        Inputs = "X:T1",
        Outputs = "Y:T2 Z:f32",
        Types = "T1=f32|f64|i32|i64 T2=i64|string",
        Attributes =
            "classlabels_ints:ints classlabels_strings:texts coefficients:floats! intercepts:floats multi_class:int=0 " +
            "post_transform:text=NONE",
        Infer = static context => Classifiers.Infer(context, "classlabels_ints"),
    };
}
