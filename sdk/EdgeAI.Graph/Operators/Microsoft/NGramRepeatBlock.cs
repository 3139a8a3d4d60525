using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Scores in which what would repeat an n-gram is ruled out.</summary>
internal static class NGramRepeatBlock
{
    public static OperatorSchema Schema { get; } = new("NGramRepeatBlock", 1)
    {
        Domain = "com.microsoft",
        Inputs = "input_ids:Tid scores:T",
        Outputs = "scores_out:T",
        Types = "Tid=i64 T=f32",
        Attributes = "ngram_size:int!",
        Infer = context => context.Set(0, context.ShapeOf(1)),
    };
}
