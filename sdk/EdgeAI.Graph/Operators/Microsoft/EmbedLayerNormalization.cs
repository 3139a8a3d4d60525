using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Sums of word, position and segment embeddings, normalized.</summary>
internal static class EmbedLayerNormalization
{
    public static OperatorSchema Schema { get; } = new("EmbedLayerNormalization", 1)
    {
        Domain = "com.microsoft",
        Inputs =
            "input_ids:T1 segment_ids?:T1 word_embedding:T position_embedding:T segment_embedding?:T gamma:T beta:T " +
            "mask?:T1 position_ids?:T1",
        Outputs = "output:T mask_index?:T1 embedding_sum?:T",
        Types = "T1=i32 T=float",
        Attributes = "epsilon:float mask_index_type:int",
        Infer = Run,
    };

    internal static void Run(InferenceContext context)
    {
        var (words, table) = (context.ShapeOf(0), context.ShapeOf(2));
        context.ExpectRank(0, 2);
        var width = table is { HasRank: true, Rank: 2 } ? table[1] : Dimension.Unknown;
        var shape = words.HasRank ? new Shape([words[0], words[1], width]) : new([Dimension.Unknown, Dimension.Unknown, width]);
        context.Set(0, shape);
        context.Set(1, new Shape([shape[0]]));
        context.Set(2, shape);
    }
}
