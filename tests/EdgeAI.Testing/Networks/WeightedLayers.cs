using EdgeAI.Graph;

namespace EdgeAI.Testing.Networks;

/// <summary>Convolutions and fully connected layers, with the normalization and the activation behind them.</summary>
public static class WeightedLayers
{
    /// <summary>Conv with a bias, and an activation.</summary>
    public static Value Conv(
        this GraphBuilder graph, Value x, long channels, Window window, Activation activation = Activation.None, long groups = 1, bool bias = true) =>
        graph.Conv(x, channels, window, activation, groups, bias, normGain: null);

    /// <summary>Conv, BatchNormalization, activation: the usual block. <paramref name="gain"/> scales the power of its result.</summary>
    public static Value ConvNorm(
        this GraphBuilder graph, Value x, long channels, Window window, Activation activation = Activation.Relu, long groups = 1, double gain = 1, bool bias = false) =>
        graph.Conv(x, channels, window, activation, groups, bias, gain);

    /// <summary>A convolution for each channel alone.</summary>
    public static Value Depthwise(this GraphBuilder graph, Value x, Window window, Activation activation = Activation.Relu, double gain = 1) =>
        graph.ConvNorm(x, x.Channels(), window, activation, x.Channels(), gain);

    /// <summary>Gemm on [n, features], as PyTorch writes it: weights [units, features].</summary>
    public static Value Dense(this GraphBuilder graph, Value x, long units, Activation activation = Activation.None) =>
        graph.Dense(x, units, activation, normGain: null);

    /// <summary>Gemm, BatchNormalization, activation.</summary>
    public static Value DenseNorm(this GraphBuilder graph, Value x, long units, Activation activation = Activation.Relu) =>
        graph.Dense(x, units, activation, normGain: 1);

    /// <summary>BatchNormalization that has no weights before it to be folded into.</summary>
    public static Value Norm(this GraphBuilder graph, Value x, Activation activation = Activation.None) =>
        graph.Activate(graph.Norm(x, NormParameters.Draw(graph, x.Channels(), 1)), activation);

    /// <summary>Transposed convolution that doubles height and width.</summary>
    public static Value UpConv(this GraphBuilder graph, Value x, long channels)
    {
        var extents = x.Extents();
        var weights = graph.Weights("weight", graph.DrawWeights(extents[1] * channels * 4, extents[1], 1), extents[1], channels, 2, 2);
        var bias = graph.Weights("bias", graph.Draw(channels, -0.05f, 0.05f), channels);
        return graph.Node(
            "ConvTranspose", [x, weights, bias], [extents[0], channels, extents[2] * 2, extents[3] * 2],
            new() { ["kernel_shape"] = new long[] { 2, 2 }, ["strides"] = new long[] { 2, 2 } });
    }

    /// <summary>MatMul with constant weights [features, units], and Add: a linear layer over the last axis of any rank.</summary>
    public static Value Linear(this GraphBuilder graph, Value x, long units, Activation activation = Activation.None, bool bias = true, double gain = 1)
    {
        var extents = x.Extents();
        var features = extents[^1];
        extents[^1] = units;
        var weights = graph.Weights("weight", graph.DrawWeights(features * units, features, gain * Gain(activation)), features, units);
        var product = graph.Node("MatMul", [x, weights], extents);
        return graph.Activate(bias ? graph.Add(product, graph.Weights("bias", graph.Draw(units, -0.05f, 0.05f), units)) : product, activation);
    }

    private static Value Conv(this GraphBuilder graph, Value x, long channels, Window window, Activation activation, long groups, bool bias, double? normGain)
    {
        var extents = x.Extents();
        var (attributes, height, width) = window.Over(extents[2], extents[3]);
        attributes["group"] = groups;
        return graph.Weighted(
            "Conv", x, [channels, extents[1] / groups, window.Height, window.Width], [extents[0], channels, height, width],
            attributes, activation, bias, normGain);
    }

    private static Value Dense(this GraphBuilder graph, Value x, long units, Activation activation, double? normGain) =>
        graph.Weighted("Gemm", x, [units, x.Shape[1].Value], [x.Shape[0].Value, units], new() { ["transB"] = 1 }, activation, bias: true, normGain);

    /// <summary>An operator whose weights have a row for each channel of its result.</summary>
    private static Value Weighted(
        this GraphBuilder graph, string op, Value x, long[] weightExtents, long[] extents, Attributes attributes, Activation activation, bool bias, double? normGain)
    {
        var count = weightExtents.Aggregate((a, b) => a * b);
        var weights = graph.DrawWeights(count, count / weightExtents[0], Gain(activation));
        var shift = bias ? graph.Draw(weightExtents[0], -0.05f, 0.05f) : null;
        var norm = normGain is { } gain ? NormParameters.Draw(graph, weightExtents[0], gain) : null;
        if (norm is not null && !graph.HasNorms)
        {
            (weights, shift) = norm.Fold(weights, shift);
        }

        Value?[] operands = [x, graph.Weights("weight", weights, weightExtents), shift is null ? null : graph.Weights("bias", shift, weightExtents[0])];
        var result = graph.Node(op, operands[^1] is null ? operands[..^1] : operands, extents, attributes);
        return graph.Activate(norm is not null && graph.HasNorms ? graph.Norm(result, norm) : result, activation);
    }

    private static Value Norm(this GraphBuilder graph, Value x, NormParameters norm)
    {
        var parameters = new (string Name, float[] Elements)[] { ("scale", norm.Scale), ("shift", norm.Bias), ("mean", norm.Mean), ("variance", norm.Variance) };
        Value?[] operands = [x, .. parameters.Select(parameter => graph.Weights(parameter.Name, parameter.Elements, parameter.Elements.Length))];
        return graph.Node("BatchNormalization", operands, x.Extents(), new() { ["epsilon"] = NormParameters.Epsilon });
    }

    /// <summary>Functions that cut negative numbers off halve the power of what they get.</summary>
    private static double Gain(Activation activation) => activation is Activation.None or Activation.Sigmoid or Activation.HardSigmoid or Activation.Tanh ? 1 : 2;
}
