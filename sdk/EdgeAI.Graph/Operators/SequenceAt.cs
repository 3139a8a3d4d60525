using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>One tensor of a sequence.</summary>
internal static class SequenceAt
{
    public static OperatorSchema Schema { get; } = new("SequenceAt", 11)
    {
        Inputs = "input_sequence:S position:I",
        Outputs = "tensor:T",
        Types = "S=any T=any I=index",
        Infer = static context => context.SetType(0, TypeMerge.WithoutNames((context.TypeOf(0) as SequenceType)?.Element)),
    };
}
