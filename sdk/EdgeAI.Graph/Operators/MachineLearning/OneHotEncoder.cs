using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.MachineLearning;

/// <summary>A row of truths for each category.</summary>
internal static class OneHotEncoder
{
    public static OperatorSchema Schema { get; } = new("OneHotEncoder", 1)
    {
        Domain = "ai.onnx.ml",
        Inputs = "X:T",
        Outputs = "Y:f32",
        Types = "T=f32|f64|i32|i64|string",
        Attributes = "cats_int64s:ints cats_strings:texts zeros:int=1",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var numbers = context.Ints("cats_int64s");
        var count = !numbers.IsDefault ? numbers.Length
            : context.Attribute("cats_strings") is AttributeValue.Texts texts ? texts.Values.Length
            : Dimension.Unknown;
        context.Set(0, context.ShapeOf(0).HasRank ? new(context.ShapeOf(0).Dimensions.Add(count)) : Shape.Unknown);
    }
}
