using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Quantization.Correction;

/// <summary>Which output and which input channel an element of a weight joins.</summary>
/// <param name="Outer">Extent of the first axis.</param>
/// <param name="Middle">Extent of the second axis.</param>
/// <param name="Inner">Product of the others.</param>
/// <param name="Groups">Groups of a convolution.</param>
/// <param name="IsTransposed">True where the first axis is the input's.</param>
internal readonly record struct WeightLayout(int Outer, int Middle, int Inner, int Groups, bool IsTransposed)
{
    public int Outputs => IsTransposed ? Middle : Outer;

    public int Inputs => IsTransposed ? Outer : Middle * Groups;

    public static WeightLayout Of(Node node, Shape shape) => new(
        (int)shape[0].Value, (int)shape[1].Value, (int)shape.Dimensions.Skip(2).Aggregate(1L, (product, extent) => product * extent.Value),
        node.OpType == "Conv" ? (int)node.Attributes.Int("group", 1) : 1, node.OpType == "Gemm" && node.Attributes.Int("transB", 0) == 0);

    public (int Output, int Input) ChannelsOf(int element)
    {
        var (outer, middle) = (element / (Middle * Inner), element / Inner % Middle);
        return IsTransposed ? (middle, outer) : (outer, (outer / Math.Max(Outer / Groups, 1) * Middle) + middle);
    }
}
