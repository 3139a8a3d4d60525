using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>A Conv, ConvTranspose, Gemm or MatMul with constant weights and bias, to be changed channel by channel.</summary>
internal sealed record LinearLayer(Node Node, string OpType, ConstantTensor Weights, ConstantTensor? Bias, AttributeList Attributes, int ChannelAxis, int ChannelCount)
{
    /// <summary>The layer that a node is; null where weights or bias are not known, without elements, shared by groups in an odd way, or not float32.</summary>
    public static LinearLayer? Of(Model model, Node node)
    {
        if (node.Domain.Length > 0 || Known.Constant(model, node.Input(1)) is not { Type: DataType.Float32, Data.IsEmpty: false } weights
            || (node.Input(2) is { } given && Known.Constant(model, given) is not { Type: DataType.Float32 }))
        {
            return null;
        }

        var bias = Known.Constant(model, node.Input(2));
        var layer = node.OpType switch
        {
            "Conv" when weights.Shape.Rank >= 3 => new LinearLayer(node, "Conv", weights, bias, node.Attributes, 1, Extent(weights, 0)),
            "ConvTranspose" when weights.Shape.Rank >= 3 => OfTransposed(node, weights, bias),
            "Gemm" when weights.Shape.Rank == 2 => new(node, "Gemm", weights, bias, node.Attributes, 1, Extent(weights, node.Attributes.Int("transB", 0) != 0 ? 0 : 1)),
            "MatMul" when weights.Shape.Rank == 2 && node.Inputs[0]!.Shape is { HasRank: true, Rank: >= 2 } left => new(node, "MatMul", weights, null, node.Attributes, left.Rank - 1, Extent(weights, 1)),
            _ => null,
        };
        return layer is { Bias: { } present } && present.Shape.ElementCount != 1 && (present.Shape.ElementCount != layer.ChannelCount || present.Shape[present.Shape.Rank - 1].Value != layer.ChannelCount) ? null : layer;
    }

    /// <summary>The layer followed by that; null for a shift behind a MatMul that is no matrix by a matrix, which has no bias.</summary>
    public LinearLayer? Scaled(ChannelAffine affine)
    {
        var isPlain = OpType != "MatMul" || ChannelAxis == 1;
        if (affine.IsShifting && !isPlain)
        {
            return null;
        }

        var beta = OpType == "Gemm" ? Attributes.Float("beta", 1) : 1.0;
        var weights = affine.IsScaling ? Scaled(affine.Scale) : Weights;
        var bias = Bias is null && !affine.IsShifting ? null : Shifted(affine, beta);
        return this with
        {
            OpType = OpType == "MatMul" && bias is not null ? "Gemm" : OpType,
            Weights = weights,
            Bias = bias,
            Attributes = OpType == "Gemm" && bias is not null ? Attributes.Without("beta") : Attributes,
        };
    }

    private static LinearLayer? OfTransposed(Node node, ConstantTensor weights, ConstantTensor? bias)
    {
        var (rows, groups) = (Extent(weights, 0), node.Attributes.Int("group", 1));
        return groups >= 1 && rows > 0 && rows % groups == 0 && Extent(weights, 1) > 0 ? new(node, "ConvTranspose", weights, bias, node.Attributes, 1, checked((int)(Extent(weights, 1) * groups))) : null;
    }

    private static int Extent(ConstantTensor tensor, int axis) => checked((int)tensor.Shape[axis].Value);

    private ConstantTensor Scaled(double[] scale)
    {
        var source = Weights.AsSpan<float>();
        var result = new float[source.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = (float)(source[i] * At(scale, ChannelOf(i)));
        }

        return ConstantTensor.Of<float>(Weights.Shape, result);
    }

    /// <summary>The new bias, in which the old one's factor is contained.</summary>
    private ConstantTensor Shifted(ChannelAffine affine, double beta)
    {
        var result = new float[ChannelCount];
        for (var channel = 0; channel < result.Length; channel++)
        {
            var old = Bias is null ? 0 : beta * Bias.AsSpan<float>()[Bias.Shape.ElementCount == 1 ? 0 : channel];
            result[channel] = (float)((old * At(affine.Scale, channel)) + At(affine.Shift, channel));
        }

        return ConstantTensor.Of<float>(new Shape((long)ChannelCount), result);
    }

    /// <summary>The output channel that a weight works for.</summary>
    private int ChannelOf(int index)
    {
        var size = Weights.AsSpan<float>().Length;
        switch (OpType)
        {
            case "Conv":
                return index / (size / ChannelCount);
            case "ConvTranspose":
                var (rows, columns) = (Extent(Weights, 0), Extent(Weights, 1));
                var kernel = size / (rows * columns);
                var group = index / (kernel * columns) / (rows / (ChannelCount / columns));
                return (group * columns) + (index / kernel % columns);
            default:
                return OpType == "Gemm" && Attributes.Int("transB", 0) != 0 ? index / Extent(Weights, 1) : index % Extent(Weights, 1);
        }
    }

    private static double At(double[] numbers, int channel) => numbers[numbers.Length == 1 ? 0 : channel];
}
