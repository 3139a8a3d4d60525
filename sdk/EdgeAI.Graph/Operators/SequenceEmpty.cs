using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>A sequence of nothing.</summary>
internal static class SequenceEmpty
{
    public static OperatorSchema Schema { get; } = new("SequenceEmpty", 11)
    {
        Outputs = "output:S",
        Types = "S=any",
        Attributes = "dtype:int",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var type = Generation.TypeOf(context, "dtype");
        context.SetType(0, new SequenceType(new TensorType(type == DataType.Undefined ? DataType.Float32 : type, Shape.Unknown)));
    }
}
