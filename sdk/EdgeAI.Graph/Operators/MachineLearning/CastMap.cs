using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.MachineLearning;

/// <summary>Values of a map as a tensor.</summary>
internal static class CastMap
{
    public static OperatorSchema Schema { get; } = new("CastMap", 1)
    {
        Domain = "ai.onnx.ml",
        Inputs = "X:T1",
        Outputs = "Y:T2",
        Types = "T1=any T2=f32|i64|string",
        Attributes = "cast_to:text=TO_FLOAT map_form:text=DENSE max_map:int=1",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var type = context.Text("cast_to") switch { "TO_STRING" => DataType.String, "TO_INT64" => DataType.Int64, _ => DataType.Float32 };
        context.Set(0, type, Extents.OfRank(2));
    }
}
