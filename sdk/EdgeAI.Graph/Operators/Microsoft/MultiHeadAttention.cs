using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Attention over separate query, key and value.</summary>
internal static class MultiHeadAttention
{
    public static OperatorSchema Schema { get; } = new("MultiHeadAttention", 1)
    {
        Domain = "com.microsoft",
        Inputs =
            "query:T key?:T value?:T bias?:T key_padding_mask?:i32 attention_bias?:T past_key?:T past_value?:T " +
            "past_sequence_length?:i32 cache_indirection?:i32",
        Outputs = "output:T present_key?:T present_value?:T qk?:T",
        Types = "T=float",
        Attributes = "mask_filter_value:float num_heads:int! scale:float unidirectional:int",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var (query, value) = (context.ShapeOf(0), context.ShapeOf(2));
        if (query is { HasRank: true, Rank: 3 })
        {
            var width = value is { HasRank: true, Rank: 3 } ? value[2]
                : value is { HasRank: true, Rank: 4 } ? Extents.Multiply(value[1], value[3])
                : query[2];
            context.Set(0, query.With(2, width));
        }
        else
        {
            context.Set(0, Extents.OfRank(3));
        }

        context.Set(1, Extents.OfRank(4));
        context.Set(2, Extents.OfRank(4));
    }
}
