using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.MachineLearning;

/// <summary>Categories to numbers and back.</summary>
internal static class CategoryMapper
{
    public static OperatorSchema Schema { get; } = new("CategoryMapper", 1)
    {
        Domain = "ai.onnx.ml",
        Inputs = "X:T1",
        Outputs = "Y:T2",
        Types = "T1=i64|string T2=i64|string",
        Attributes = "cats_int64s:ints cats_strings:texts default_int64:int=-1 default_string:text=_Unused",
        Infer = static context => context.Set(0, context.ElementOf(0) == DataType.String ? DataType.Int64 : DataType.String, context.ShapeOf(0)),
    };
}
