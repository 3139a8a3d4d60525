using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Turns pairs of features by their position.</summary>
internal static class RotaryEmbedding
{
    public static OperatorSchema Schema { get; } = new("RotaryEmbedding", 1)
    {
        Domain = "com.microsoft",
        Inputs = "input:T position_ids:i64 cos_cache:T sin_cache:T",
        Outputs = "output:T",
        Types = "T=float",
        Attributes = "interleaved:int is_packed_batching:int num_heads:int rotary_embedding_dim:int scale:float",
        Infer = Elementwise.Unary,
    };
}
