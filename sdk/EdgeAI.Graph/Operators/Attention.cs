using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Scaled dot products of queries and keys weigh values; with a cache of earlier keys and values.</summary>
internal static class Attention
{
    public static OperatorSchema Schema { get; } = new("Attention", 23, 24, 25)
    {
        Inputs = "Q:T1 K:T1 V:T2 attn_mask?:U past_key?:T1 past_value?:T2 nonpad_kv_seqlen?:i64@24",
        Outputs = "Y:T1 present_key?:T1 present_value?:T2 qk_matmul_output?:T1",
        Types = "T1=float T2=float U=numeric|bool",
        Attributes =
            "is_causal:int=0 kv_num_heads:int left_window_size:int=-1@25 q_num_heads:int qk_matmul_output_mode:int=0 " +
            "right_window_size:int=-1@25 scale:float softcap:float=0.0 softmax_precision:int",
        Infer = Run,
        Needs = (_, _) => [new(4) { Rank = 4 }, new(5) { Rank = 4 }],
    };

    private static void Run(InferenceContext context)
    {
        var (query, key, value) = (context.ShapeOf(0), context.ShapeOf(1), context.ShapeOf(2));
        if (!query.HasRank || !key.HasRank || !value.HasRank)
        {
            return;
        }

        var isFlat = query.Rank == 3;
        var (queries, keys, values) = isFlat
            ? (Heads(context, query, "q_num_heads"), Heads(context, key, "kv_num_heads"), Heads(context, value, "kv_num_heads"))
            : (query, key, value);
        var width = values[3];
        context.Set(0, isFlat
            ? new([query[0], query[1], Extents.Multiply(queries[1], width)])
            : new Shape([query[0], query[1], query[2], width]));
        var past = context.ShapeOf(4) is { HasRank: true, Rank: 4 } cache ? cache[2] : context.Has(4) ? Dimension.Unknown : (Dimension)0;
        var total = Extents.Add(past, keys[2]);
        context.Set(1, new([keys[0], keys[1], total, keys[3]]));
        context.Set(2, new([values[0], values[1], total, values[3]]));
        context.Set(3, new([queries[0], queries[1], queries[2], total]));
    }

    /// <summary>[batch, sequence, heads · width] as [batch, heads, sequence, width].</summary>
    private static Shape Heads(InferenceContext context, Shape shape, string attribute)
    {
        var heads = context.Int(attribute);
        if (shape.Rank != 3 || heads < 1 || (shape[2].IsKnown && shape[2].Value % heads != 0))
        {
            throw context.Error($"{attribute} is {heads} for an operand of shape {shape}; expected a divisor of its last extent.");
        }

        return new([shape[0], heads, shape[1], shape[2].IsKnown ? shape[2].Value / heads : Dimension.Unknown]);
    }
}
