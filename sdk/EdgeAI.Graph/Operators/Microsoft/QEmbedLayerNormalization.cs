using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Sums of quantized embeddings, normalized.</summary>
internal static class QEmbedLayerNormalization
{
    public static OperatorSchema Schema { get; } = new("QEmbedLayerNormalization", 1)
    {
        Domain = "com.microsoft",
        Inputs =
            "input_ids:T1 segment_ids?:T1 word_embedding_quant:T2 position_embedding_quant:T2 segment_embedding?:T2 " +
            "gamma_quant:T2 beta_quant:T2 mask?:T1 word_embedding_scale:T position_embedding_scale:T " +
            "segment_embedding_scale?:T gamma_scale:T beta_scale:T word_embedding_zero_point:T2 " +
            "position_embedding_zero_point:T2 segment_embedding_zero_point?:T2 gamma_zero_point:T2 beta_zero_point:T2",
        Outputs = "layernorm_out:T mask_index_out:T1",
        Types = "T1=i32 T2=int8 T=f32",
        Attributes = "epsilon:float=9.99999996e-13",
        Infer = context => EmbedLayerNormalization.Run(context),
    };
}
