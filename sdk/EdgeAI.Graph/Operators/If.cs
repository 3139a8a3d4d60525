using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>One of two subgraphs, by a condition.</summary>
internal static class If
{
    public static OperatorSchema Schema { get; } = new("If", 1, 11, 13, 16, 19, 21, 23, 24, 25)
    {
        Inputs = "cond:B",
        Outputs = "outputs*:V",
        Types = "V=any B=bool",
        Attributes = "else_branch:graph! then_branch:graph!",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var then = context.InferBody(context.Subgraph("then_branch"));
        var otherwise = context.InferBody(context.Subgraph("else_branch"));
        if (then.Length != context.OutputCount || otherwise.Length != context.OutputCount)
        {
            throw context.Error($"the branches have {then.Length} and {otherwise.Length} outputs; expected {context.OutputCount} each.");
        }

        for (var i = 0; i < context.OutputCount; i++)
        {
            context.SetType(i, TypeMerge.Either(then[i], otherwise[i]));
        }
    }
}
