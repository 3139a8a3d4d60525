using System.Collections.Immutable;
using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>One of two subgraphs, by a condition. Where the condition is known, only the branch that it takes is looked at.</summary>
internal static class If
{
    public static OperatorSchema Schema { get; } = new("If", 1, 11, 13, 16, 19, 21, 23, 24, 25)
    {
        Inputs = "cond:B",
        Outputs = "outputs+:V",
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

        var then = TryInfer(context, "then_branch", out var thenError);
        var otherwise = TryInfer(context, "else_branch", out var elseError);
        if (thenError is not null && elseError is not null)
        {
            throw thenError;
        }

        Set(context, thenError is not null ? otherwise : elseError is not null ? then : [.. then.Zip(otherwise, TypeMerge.Either)]);
    }

    /// <summary>With the shapes of one run, the branch that this run does not take may fit together no more: that is no error of the model.</summary>
    private static ImmutableArray<ValueType?> TryInfer(InferenceContext context, string branch, out ModelFormatException? error)
    {
        try
        {
            error = null;
            return Infer(context, branch);
        }
        catch (ModelFormatException exception)
        {
            error = exception;
            return [];
        }
    }

    private static ImmutableArray<ValueType?> Infer(InferenceContext context, string branch)
    {
        var results = context.InferBody(context.Subgraph(branch));
        return results.Length == context.OutputCount ? results
            : throw context.Error($"{branch} has {results.Length} outputs; expected {context.OutputCount}.");
    }

    private static void Set(InferenceContext context, ImmutableArray<ValueType?> types)
    {
        for (var i = 0; i < types.Length; i++)
        {
            context.SetType(i, types[i]);
        }
    }
}
