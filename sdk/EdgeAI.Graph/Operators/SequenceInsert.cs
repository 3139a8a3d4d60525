using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>A sequence with one tensor more.</summary>
internal static class SequenceInsert
{
    public static OperatorSchema Schema { get; } = new("SequenceInsert", 11)
    {
        Inputs = "input_sequence:S tensor:T position?:I",
        Outputs = "output_sequence:S",
        Types = "T=any S=any I=index",
        Infer = static context => context.SetType(0, context.TypeOf(0) is SequenceType sequence ? new SequenceType(TypeMerge.Either(sequence.Element, context.TypeOf(1))) : null),
    };
}
