using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Self-attention with merged projections of query, key and value.</summary>
internal static class Attention
{
    public static OperatorSchema Schema { get; } = new("Attention", 1)
    {
        Domain = "com.microsoft",
        Inputs = "input:T weights:T bias?:T mask_index?:i32 past?:T attention_bias?:T past_sequence_length?:i32",
        Outputs = "output:T present?:T",
        Types = "T=float",
        Attributes =
            "do_rotary:int mask_filter_value:float num_heads:int! past_present_share_buffer:int qkv_hidden_sizes:ints " +
            "rotary_embedding_dim:int scale:float unidirectional:int",
        Infer = Run,
    };

    internal static void Run(InferenceContext context)
    {
        var (data, weights) = (context.ShapeOf(0), context.ShapeOf(1));
        context.ExpectRank(0, 3);
        if (!data.HasRank)
        {
            context.Set(0, Extents.OfRank(3));
            return;
        }

        var sizes = context.Ints("qkv_hidden_sizes");
        var width = !sizes.IsDefaultOrEmpty && sizes.Length == 3 ? sizes[2]
            : weights is { HasRank: true, Rank: 2 } && weights[1].IsKnown ? weights[1].Value / 3
            : Dimension.Unknown;
        context.Set(0, new([data[0], data[1], width]));
        SetPresent(context, 4, data);
    }

    /// <summary>[2, batch, heads, past + sequence, width of a head].</summary>
    private static void SetPresent(InferenceContext context, int pastInput, Shape data)
    {
        var past = context.ShapeOf(pastInput);
        if (past is { HasRank: true, Rank: 5 } && context.Attribute("past_present_share_buffer") is not AttributeValue.Int { Value: not 0 })
        {
            context.Set(1, past.With(3, Extents.Add(past[3], data[1])));
        }
        else
        {
            context.Set(1, Extents.OfRank(5).With(0, 2));
        }
    }
}
