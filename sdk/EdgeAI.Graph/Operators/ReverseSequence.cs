using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Turns the first so many elements of each sequence round.</summary>
internal static class ReverseSequence
{
    public static OperatorSchema Schema { get; } = new("ReverseSequence", 10)
    {
        Inputs = "input:T sequence_lens:i64",
        Outputs = "Y:T",
        Types = "T=any",
        Attributes = "batch_axis:int=1 time_axis:int=0",
        Infer = Elementwise.Unary,
        Needs = (_, _) => [new(0) { LeastRank = 2 }],
    };
}
