using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>A subgraph run over the items of sequences.</summary>
internal static class SequenceMap
{
    public static OperatorSchema Schema { get; } = new("SequenceMap", 17)
    {
        Inputs = "input_sequence:V additional_inputs*:V",
        Outputs = "out_sequence+:V",
        Types = "V=any",
        Attributes = "body:graph!",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var body = context.Subgraph("body");
        var items = Enumerable.Range(0, context.InputCount).Select(i => context.TypeOf(i) is SequenceType sequence ? sequence.Element : context.TypeOf(i));
        var results = context.InferBody(body, [.. items]);
        for (var i = 0; i < Math.Min(results.Length, context.OutputCount); i++)
        {
            context.SetType(i, new SequenceType(TypeMerge.WithoutNames(results[i])));
        }
    }
}
