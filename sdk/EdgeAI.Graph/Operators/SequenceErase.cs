using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>A sequence with one tensor less.</summary>
internal static class SequenceErase
{
    public static OperatorSchema Schema { get; } = new("SequenceErase", 11)
    {
        Inputs = "input_sequence:S position?:I",
        Outputs = "output_sequence:S",
        Types = "S=any I=index",
        Infer = static context => context.SetType(0, context.TypeOf(0)),
    };
}
