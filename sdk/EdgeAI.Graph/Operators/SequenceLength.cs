using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>The number of tensors in a sequence.</summary>
internal static class SequenceLength
{
    public static OperatorSchema Schema { get; } = new("SequenceLength", 11)
    {
        Inputs = "input_sequence:S",
        Outputs = "length:I",
        Types = "S=any I=i64",
        Infer = static context => context.Set(0, DataType.Int64, Shape.Scalar),
    };
}
