using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>A sequence of tensors.</summary>
internal static class SequenceConstruct
{
    public static OperatorSchema Schema { get; } = new("SequenceConstruct", 11)
    {
        Inputs = "inputs+:T",
        Outputs = "output_sequence:S",
        Types = "T=any S=any",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var type = context.TypeOf(0);
        for (var i = 1; i < context.InputCount; i++)
        {
            type = TypeMerge.Either(type, context.TypeOf(i));
        }

        context.SetType(0, new SequenceType(type));
    }
}
