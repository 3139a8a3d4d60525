using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Weights of n-grams.</summary>
internal static class TfIdfVectorizer
{
    public static OperatorSchema Schema { get; } = new("TfIdfVectorizer", 9)
    {
        Inputs = "X:T",
        Outputs = "Y:T1",
        Types = "T=i32|i64|string T1=f32",
        Attributes =
            "max_gram_length:int! max_skip_count:int! min_gram_length:int! mode:text! ngram_counts:ints! " +
            "ngram_indexes:ints! pool_int64s:ints pool_strings:texts weights:floats",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        var width = context.Ints("ngram_indexes") is { IsDefaultOrEmpty: false } indices ? checked(indices.Max() + 1) : Dimension.Unknown;
        context.Set(0, !shape.HasRank ? Shape.Unknown : shape.Rank > 1 ? new([shape[0], width]) : new Shape([width]));
    }
}
