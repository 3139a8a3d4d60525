using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>Turns pairs of features by their position.</summary>
internal static class RotaryEmbedding
{
    public static OperatorSchema Schema { get; } = new("RotaryEmbedding", 23)
    {
        Inputs = "X:T cos_cache:T sin_cache:T position_ids?:M",
        Outputs = "Y:T",
        Types = "T=bf16|f16|f32 M=i64",
        Attributes = "interleaved:int=0 num_heads:int rotary_embedding_dim:int=0",
        Infer = Elementwise.Unary,
    };
}
