using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Attention over 8-bit operands.</summary>
internal static class QAttention
{
    public static OperatorSchema Schema { get; } = new("QAttention", 1)
    {
        Domain = "com.microsoft",
        Inputs =
            "input:T1 weight:T2 bias:T3 input_scale:T3 weight_scale:T3 mask_index?:i32 input_zero_point?:T1 " +
            "weight_zero_point?:T2 past?:T3",
        Outputs = "output:T3 present?:T3",
        Types = "T1=int8 T2=int8 T3=float",
        Attributes =
            "do_rotary:int mask_filter_value:float num_heads:int! past_present_share_buffer:int scale:float " +
            "unidirectional:int",
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
        SetPresent(context, 8, data);
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
