using EdgeAI.Graph;

namespace EdgeAI.Testing.Networks;

/// <summary>Pooling, resizing, and blocks of several networks.</summary>
public static class SpatialLayers
{
    /// <summary>The largest element of each window.</summary>
    public static Value MaxPool(this GraphBuilder graph, Value x, Window window) => graph.Pool("MaxPool", x, window);

    /// <summary>The mean of each window.</summary>
    public static Value AveragePool(this GraphBuilder graph, Value x, Window window) => graph.Pool("AveragePool", x, window);

    /// <summary>The mean of each channel: [n, c, 1, 1].</summary>
    public static Value GlobalPool(this GraphBuilder graph, Value x) => graph.Node("GlobalAveragePool", [x], [x.Shape[0].Value, x.Channels(), 1, 1]);

    /// <summary>Height and width doubled, each element four times.</summary>
    public static Value Upsample(this GraphBuilder graph, Value x)
    {
        var extents = x.Extents();
        return graph.Node(
            "Resize", [x, null, graph.Constant<float>("scales", [4], 1, 1, 2, 2)], [extents[0], extents[1], extents[2] * 2, extents[3] * 2],
            new() { ["mode"] = "nearest", ["coordinate_transformation_mode"] = "asymmetric", ["nearest_mode"] = "floor" });
    }

    /// <summary>Mean of each channel, a fully connected layer, Softmax where asked for: the end of a classifier.</summary>
    public static Value Classifier(this GraphBuilder graph, Value x, long classes, bool softmax = false)
    {
        var scores = graph.Dense(graph.Flatten(graph.GlobalPool(x)), classes);
        return softmax ? graph.Softmax(scores) : scores;
    }

    /// <summary>Each channel weighted by what the means of all say (squeeze and excitation).</summary>
    public static Value Excite(this GraphBuilder graph, Value x, long squeezed, Activation inner, Activation gate) =>
        graph.Multiply(x, graph.Conv(graph.Conv(graph.GlobalPool(x), squeezed, 1, inner), x.Channels(), 1, gate));

    /// <summary>A depthwise and a pointwise convolution.</summary>
    public static Value Separable(this GraphBuilder graph, Value x, long channels, Window window, Activation activation = Activation.Relu) =>
        graph.ConvNorm(graph.Depthwise(x, window, activation), channels, 1, activation);

    private static Value Pool(this GraphBuilder graph, string op, Value x, Window window)
    {
        var extents = x.Extents();
        var (attributes, height, width) = window.Over(extents[2], extents[3]);
        return graph.Node(op, [x], [extents[0], extents[1], height, width], attributes);
    }
}
