using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>y = scale·x + shift per channel; both in float64, an array of one where all channels have the same.</summary>
internal sealed record ChannelAffine(double[] Scale, double[] Shift)
{
    public bool IsScaling => Array.Exists(Scale, factor => factor != 1);

    public bool IsShifting => Array.Exists(Shift, term => term != 0);

    /// <summary>What a node does to an operand of <paramref name="layer"/>'s form; null where it is something else or is not known.</summary>
    public static ChannelAffine? Of(Model model, Node node, Value operand, LinearLayer layer)
    {
        if (node.Domain.Length > 0 || node.Outputs[0] is not { } output || output.Type != operand.Type || !operand.Shape.HasRank)
        {
            return null;
        }

        if (node.OpType == "BatchNormalization")
        {
            return layer.ChannelAxis == 1 ? Normalization(model, node, layer) : null;
        }

        var other = ReferenceEquals(node.Inputs[0], operand) ? node.Input(1) : node.Input(0);
        return Known.Constant(model, other) is { Type: DataType.Float32 } constant && PerChannel(constant, operand.Shape.Rank, layer) is { } numbers
            ? node.OpType switch
            {
                "Mul" => new(numbers, [0]),
                "Div" => new([.. numbers.Select(number => 1 / number)], [0]),
                "Add" => new([1], numbers),
                _ => new([1], [.. numbers.Select(number => -number)]),
            }
            : null;
    }

    private static ChannelAffine? Normalization(Model model, Node node, LinearLayer layer)
    {
        var isInference = node.Attributes.Int("training_mode", 0) == 0 && node.Attributes.Int("spatial", 1) == 1 && node.Outputs.Count == 1;
        var parts = Enumerable.Range(1, 4).Select(input => Known.Constant(model, node.Input(input))).ToArray();
        if (!isInference || !parts.All(part => part is { Type: DataType.Float32 } && part.Shape.ElementCount == layer.ChannelCount))
        {
            return null;
        }

        var (gamma, beta, mean, variance) = (Numbers(parts[0]!), Numbers(parts[1]!), Numbers(parts[2]!), Numbers(parts[3]!));
        var epsilon = node.Attributes.Float("epsilon", 1e-5f);
        var scale = gamma.Select((factor, i) => factor / Math.Sqrt(variance[i] + epsilon)).ToArray();
        return new(scale, [.. beta.Select((term, i) => term - (mean[i] * scale[i]))]);
    }

    /// <summary>The elements where they lie along the channel axis only; null otherwise.</summary>
    private static double[]? PerChannel(ConstantTensor constant, int rank, LinearLayer layer)
    {
        var shape = constant.Shape;
        if (shape.Rank > rank || shape.ElementCount == 0)
        {
            return null;
        }

        var axis = layer.ChannelAxis - (rank - shape.Rank);
        var isAlong = Enumerable.Range(0, shape.Rank).All(i => shape[i].Value == (i == axis ? shape.ElementCount : 1));
        return shape.ElementCount == 1 || (isAlong && shape.ElementCount == layer.ChannelCount) ? Numbers(constant) : null;
    }

    private static double[] Numbers(ConstantTensor constant) => [.. constant.AsSpan<float>().ToArray().Select(item => (double)item)];
}
