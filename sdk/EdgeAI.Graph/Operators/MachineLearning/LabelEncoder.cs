using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.MachineLearning;

/// <summary>Keys looked up in a table.</summary>
internal static class LabelEncoder
{
    public static OperatorSchema Schema { get; } = new("LabelEncoder", 1, 2, 4)
    {
        Domain = "ai.onnx.ml",
        Inputs = "X:T1",
        Outputs = "Y:T2",
        Types = "T1=f32|f64|i16|i32|i64|string T2=f32|f64|i16|i32|i64|string",
        Attributes =
            "classes_strings:texts@-2 default_float:float=-0.0@2 default_int64:int=-1 default_string:text=_Unused " +
            "default_tensor:tensor@4 keys_floats:floats@2 keys_int64s:ints@2 keys_strings:texts@2 keys_tensor:tensor@4 " +
            "values_floats:floats@2 values_int64s:ints@2 values_strings:texts@2 values_tensor:tensor@4",
        Infer = Run,
    };

    private static void Run(InferenceContext context) => context.Set(0, Target(context), context.ShapeOf(0));

    private static DataType Target(InferenceContext context) =>
        context.Version < 2 ? context.ElementOf(0) == DataType.String ? DataType.Int64 : DataType.String
        : context.Attribute("values_tensor") is AttributeValue.Tensor tensor ? tensor.Value.Type
        : context.Node.Attributes.Contains("values_strings") ? DataType.String
        : context.Node.Attributes.Contains("values_int64s") ? DataType.Int64
        : context.Node.Attributes.Contains("values_floats") ? DataType.Float32
        : DataType.Undefined;
}
