using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Quantization.Planning;

/// <summary>Which biases have one element per output channel, as integer kernels take them.</summary>
internal static class BiasShape
{
    /// <summary>True for a vector as long as the node's output has channels.</summary>
    public static bool Fits(Node node, Shape shape) =>
        shape.Rank == 1 && (Channels(node) is not { } channels || shape[0].Value == channels);

    /// <summary>Output channels of Conv, ConvTranspose and Gemm, where the weight's shape tells them; null for other operators.</summary>
    public static long? Channels(Node node)
    {
        if (node.Input(1) is not { Shape: { IsStatic: true, Rank: >= 2 } weight })
        {
            return null;
        }

        return node.OpType switch
        {
            "Conv" => weight[0].Value,
            "ConvTranspose" => weight[1].Value * node.Attributes.Int("group", 1),
            "Gemm" => weight[node.Attributes.Int("transB", 0) != 0 ? 0 : 1].Value,
            _ => null,
        };
    }
}
