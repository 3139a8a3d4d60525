using EdgeAI.Graph;

namespace EdgeAI.Testing.Networks;

/// <summary>Detectors of objects: YOLO v5 with its path aggregation, and SSD's heads on MobileNet v2.</summary>
internal static class Detectors
{
    private const int Anchors = 3;

    /// <summary>Channels of the layers that SSD puts behind the backbone.</summary>
    private static readonly int[] SsdExtras = [512, 256, 256, 128];

    /// <summary>Version 6.0 of YOLOv5; depth and width 0.33 and 0.25 are its "n".</summary>
    public static List<Value> BuildYoloV5(GraphBuilder graph, Value x, double depth, double width, int classes)
    {
        long Wide(long channels) => (long)Math.Ceiling(channels * width / 8) * 8;
        int Deep(int count) => Math.Max(1, (int)Math.Round(count * depth));
        Value Convolve(Value operand, long channels, Window window) => graph.ConvNorm(operand, Wide(channels), window, Activation.Swish);
        Value Stage(Value operand, long channels, int count, bool residual = true) => Partial(graph, operand, Wide(channels), Deep(count), residual);

        x = Convolve(Convolve(x, 64, new(6, 2)), 128, new(3, 2));
        var p3 = Stage(Convolve(Stage(x, 128, 3), 256, new(3, 2)), 256, 6);
        var p4 = Stage(Convolve(p3, 512, new(3, 2)), 512, 9);
        var p5 = Pyramid(graph, Stage(Convolve(p4, 1024, new(3, 2)), 1024, 3));

        var top = Convolve(p5, 512, 1);
        var middle = Convolve(Stage(graph.Concat([graph.Upsample(top), p4]), 512, 3, residual: false), 256, 1);
        var fine = Stage(graph.Concat([graph.Upsample(middle), p3]), 256, 3, residual: false);
        var medium = Stage(graph.Concat([Convolve(fine, 256, new(3, 2)), middle]), 512, 3, residual: false);
        var coarse = Stage(graph.Concat([Convolve(medium, 512, new(3, 2)), top]), 1024, 3, residual: false);
        return [.. new[] { fine, medium, coarse }.Select(level => Head(graph, level, classes))];
    }

    public static List<Value> BuildSsd(GraphBuilder graph, Value x, double width, int classes)
    {
        var levels = MobileNets.BackboneV2(graph, x, width)[^2..];
        foreach (var channels in SsdExtras)
        {
            levels.Add(graph.Separable(graph.ConvNorm(levels[^1], channels / 2, 1, Activation.Relu6), channels, new(3, 2), Activation.Relu6));
        }

        var scores = graph.Concat([.. levels.Select(level => Predict(graph, level, classes))]);
        return [graph.Activate(scores, Activation.Sigmoid), graph.Concat([.. levels.Select(level => Predict(graph, level, 4))])];
    }

    /// <summary>Half of the channels pass through residual blocks, the other half around them (C3).</summary>
    private static Value Partial(GraphBuilder graph, Value x, long channels, int count, bool residual)
    {
        var inner = graph.ConvNorm(x, channels / 2, 1, Activation.Swish);
        for (var i = 0; i < count; i++)
        {
            var block = graph.ConvNorm(graph.ConvNorm(inner, channels / 2, 1, Activation.Swish), channels / 2, 3, Activation.Swish);
            inner = residual ? graph.Add(inner, block) : block;
        }

        return graph.ConvNorm(graph.Concat([inner, graph.ConvNorm(x, channels / 2, 1, Activation.Swish)]), channels, 1, Activation.Swish);
    }

    /// <summary>Maxima over windows of 5, 9 and 13 (SPPF).</summary>
    private static Value Pyramid(GraphBuilder graph, Value x)
    {
        var levels = new List<Value> { graph.ConvNorm(x, x.Channels() / 2, 1, Activation.Swish) };
        for (var i = 0; i < 3; i++)
        {
            levels.Add(graph.MaxPool(levels[^1], 5));
        }

        return graph.ConvNorm(graph.Concat(levels), x.Channels(), 1, Activation.Swish);
    }

    private static Value Head(GraphBuilder graph, Value x, int classes)
    {
        var y = graph.Conv(x, Anchors * (classes + 5), 1);
        var (height, width) = (y.Shape[2].Value, y.Shape[3].Value);
        y = graph.Transpose(graph.Reshape(y, 1, Anchors, classes + 5, height, width), 0, 1, 3, 4, 2);
        return graph.Activate(y, Activation.Sigmoid);
    }

    /// <summary>Numbers for each anchor of each cell: [1, cells · anchors, count].</summary>
    private static Value Predict(GraphBuilder graph, Value x, int count)
    {
        var y = graph.Transpose(graph.Conv(graph.Depthwise(x, 3, Activation.Relu6), Anchors * count, 1), 0, 2, 3, 1);
        return graph.Reshape(y, 1, y.Shape.ElementCount / count, count);
    }
}
