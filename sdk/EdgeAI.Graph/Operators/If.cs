using System.Collections.Immutable;
using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>
/// One of two subgraphs, by a condition. Where the condition is known, only the branch that it takes is looked at; where it is
/// not, one branch may be impossible with the operands at hand (a network for another sampling rate), but not both.
/// </summary>
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
        if (context.IntegersOf(0) is { Items: [{ IsKnown: true } condition] })
        {
            Set(context, Infer(context, condition.Is(0) ? "else_branch" : "then_branch"));
            return;
        }

        var then = Infer(context, "then_branch", out var notThen);
        var otherwise = Infer(context, "else_branch", out var notElse);
        Set(context, (notThen, notElse) switch
        {
            (null, null) => [.. then.Zip(otherwise, TypeMerge.Either)],
            (null, _) => then,
            (_, null) => otherwise,
            _ => throw notThen,
        });
    }

    private static ImmutableArray<ValueType?> Infer(InferenceContext context, string branch) =>
        CheckCount(context, branch, context.InferBody(context.Subgraph(branch)));

    private static ImmutableArray<ValueType?> Infer(InferenceContext context, string branch, out ModelFormatException? contradiction) =>
        CheckCount(context, branch, context.InferBranch(context.Subgraph(branch), out contradiction));

    private static ImmutableArray<ValueType?> CheckCount(InferenceContext context, string branch, ImmutableArray<ValueType?> results) =>
        results.Length == context.OutputCount ? results
            : throw context.Error($"{branch} has {results.Length} outputs; expected {context.OutputCount}.");

    private static void Set(InferenceContext context, ImmutableArray<ValueType?> types)
    {
        for (var i = 0; i < types.Length; i++)
        {
            context.SetType(i, types[i]);
        }
    }
}
