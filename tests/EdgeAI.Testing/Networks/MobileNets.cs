using EdgeAI.Graph;

namespace EdgeAI.Testing.Networks;

/// <summary>Networks of depthwise separable convolutions: MobileNet v1, v2, v3 and EfficientNet.</summary>
internal static class MobileNets
{
    // Channels and stride.
    private static readonly (int Channels, int Stride)[] Version1 =
    [
        (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1),
    ];

    // Expansion, channels, repetitions, stride, window.
    private static readonly (int Expansion, int Channels, int Count, int Stride, int Window)[] Version2 =
    [
        (1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 32, 3, 2, 3), (6, 64, 4, 2, 3), (6, 96, 3, 1, 3), (6, 160, 3, 2, 3), (6, 320, 1, 1, 3),
    ];

    private static readonly (int Expansion, int Channels, int Count, int Stride, int Window)[] EfficientB0 =
    [
        (1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3), (6, 112, 3, 1, 5), (6, 192, 4, 2, 5), (6, 320, 1, 1, 3),
    ];

    // Window, expanded channels, channels, squeeze and excitation, activation, stride.
    private static readonly (int Window, int Expanded, int Channels, bool Excites, Activation Activation, int Stride)[] Version3Small =
    [
        (3, 16, 16, true, Activation.Relu, 2), (3, 72, 24, false, Activation.Relu, 2), (3, 88, 24, false, Activation.Relu, 1),
        (5, 96, 40, true, Activation.HardSwish, 2), (5, 240, 40, true, Activation.HardSwish, 1), (5, 240, 40, true, Activation.HardSwish, 1),
        (5, 120, 48, true, Activation.HardSwish, 1), (5, 144, 48, true, Activation.HardSwish, 1), (5, 288, 96, true, Activation.HardSwish, 2),
        (5, 576, 96, true, Activation.HardSwish, 1), (5, 576, 96, true, Activation.HardSwish, 1),
    ];

    /// <summary>What a block of inverted residuals is made of, besides its channels.</summary>
    private sealed record Style(Activation Activation, long Squeezed = 0, Activation Inner = Activation.None, Activation Gate = Activation.Sigmoid);

    public static Value BuildV1(GraphBuilder graph, Value x, double width, int classes)
    {
        x = graph.ConvNorm(x, Math.Max(8, (int)(32 * width)), new(3, 2));
        foreach (var (channels, stride) in Version1)
        {
            x = graph.Separable(x, Math.Max(8, (int)(channels * width)), new(3, stride));
        }

        return graph.Classifier(x, classes, softmax: true);
    }

    public static Value BuildV2(GraphBuilder graph, Value x, double width, int classes)
    {
        x = BackboneV2(graph, x, width)[^1];
        x = graph.ConvNorm(x, Divisible(1280 * Math.Max(1, width)), 1, Activation.Relu6);
        return graph.Classifier(x, classes);
    }

    /// <summary>The results at each resolution, from stride 2 to stride 32.</summary>
    public static List<Value> BackboneV2(GraphBuilder graph, Value x, double width) =>
        Inverted(graph, graph.ConvNorm(x, Divisible(32 * width), new(3, 2), Activation.Relu6), Version2, width, _ => new(Activation.Relu6));

    public static Value BuildV3Small(GraphBuilder graph, Value x, int classes)
    {
        x = graph.ConvNorm(x, 16, new(3, 2), Activation.HardSwish);
        foreach (var (window, expanded, channels, excites, activation, stride) in Version3Small)
        {
            var style = new Style(activation, excites ? Divisible(expanded / 4.0) : 0, Activation.Relu, Activation.HardSigmoid);
            x = InvertedResidual(graph, x, expanded, channels, new(window, stride), style);
        }

        x = graph.Flatten(graph.GlobalPool(graph.ConvNorm(x, 576, 1, Activation.HardSwish)));
        return graph.Dense(graph.Dense(x, 1024, Activation.HardSwish), classes);
    }

    /// <summary>B0, or its form for integer devices: Relu6 for Swish, no squeeze and excitation.</summary>
    public static Value BuildEfficient(GraphBuilder graph, Value x, bool lite, int classes)
    {
        var activation = lite ? Activation.Relu6 : Activation.Swish;
        x = graph.ConvNorm(x, 32, new(3, 2), activation);
        x = Inverted(graph, x, EfficientB0, 1, channels => new(activation, lite ? 0 : Math.Max(1, channels / 4), Activation.Swish))[^1];
        return graph.Classifier(graph.ConvNorm(x, 1280, 1, activation), classes);
    }

    private static List<Value> Inverted(
        GraphBuilder graph, Value x, (int Expansion, int Channels, int Count, int Stride, int Window)[] table, double width, Func<long, Style> style)
    {
        var levels = new List<Value>();
        foreach (var (expansion, channels, count, stride, window) in table)
        {
            for (var i = 0; i < count; i++)
            {
                var step = i == 0 ? stride : 1;
                if (step > 1)
                {
                    levels.Add(x);
                }

                x = InvertedResidual(graph, x, x.Channels() * expansion, Divisible(channels * width), new(window, step), style(x.Channels()));
            }
        }

        return [.. levels, x];
    }

    /// <summary>Expand, convolve each channel, perhaps weight the channels, project; around all of it the sum where shapes are equal.</summary>
    private static Value InvertedResidual(GraphBuilder graph, Value x, long expanded, long channels, Window window, Style style)
    {
        var isResidual = window.Stride == 1 && x.Channels() == channels;
        var inner = expanded == x.Channels() ? x : graph.ConvNorm(x, expanded, 1, style.Activation);
        inner = graph.Depthwise(inner, window, style.Activation);
        inner = style.Squeezed == 0 ? inner : graph.Excite(inner, style.Squeezed, style.Inner, style.Gate);

        // The gate halves what passes it; a sum of equal parts doubles the power.
        inner = graph.ConvNorm(inner, channels, 1, Activation.None, gain: (style.Squeezed == 0 ? 1 : 4) * (isResidual ? 0.25 : 1));
        return isResidual ? graph.Add(x, inner) : inner;
    }

    /// <summary>The nearest multiple of 8 that is not more than a tenth smaller.</summary>
    private static int Divisible(double channels)
    {
        var rounded = Math.Max(8, (int)(channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }
}
