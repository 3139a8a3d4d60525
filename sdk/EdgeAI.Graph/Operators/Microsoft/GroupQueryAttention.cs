using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Attention in which groups of queries share keys and values.</summary>
internal static class GroupQueryAttention
{
    public static OperatorSchema Schema { get; } = new("GroupQueryAttention", 1)
    {
        Domain = "com.microsoft",
        Inputs =
            "query:T key?:T value?:T past_key?:T past_value?:T seqlens_k:i32 total_sequence_length:i32 cos_cache?:T " +
            "sin_cache?:T position_ids?:i64 attention_bias?:T head_sink?:T",
        Outputs = "output:T present_key?:T present_value?:T output_qk?:T",
        Types = "T=float",
        Attributes =
            "do_rotary:int kv_num_heads:int! local_window_size:int num_heads:int! qk_output:int rotary_interleaved:int " +
            "scale:float smooth_softmax:int softcap:float",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var query = context.ShapeOf(0);
        if (query is { HasRank: true, Rank: 3 } && (context.Has(1) || query[2].IsKnown))
        {
            var (heads, groups) = (context.Int("num_heads"), context.Int("kv_num_heads"));
            context.Set(0, context.Has(1) ? query : query.With(2, query[2].Value / Math.Max(1, heads + 2 * groups) * heads));
        }
        else
        {
            context.Set(0, Extents.OfRank(3));
        }

        context.Set(1, Extents.OfRank(4));
        context.Set(2, Extents.OfRank(4));
    }
}
