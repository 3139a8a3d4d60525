using EdgeAI.Graph;

namespace EdgeAI.Testing.Networks;

/// <summary>Residual networks.</summary>
internal static class ResNets
{
    /// <summary>Repetitions of each stage by depth; from 50 on blocks are bottlenecks.</summary>
    private static readonly Dictionary<int, int[]> Stages = new() { [18] = [2, 2, 2, 2], [34] = [3, 4, 6, 3], [50] = [3, 4, 6, 3], [101] = [3, 4, 23, 3] };

    public static Value Build(GraphBuilder graph, Value x, int depth, int classes)
    {
        x = graph.MaxPool(graph.ConvNorm(x, 64, new(7, 2)), new(3, 2));
        for (var stage = 0; stage < Stages[depth].Length; stage++)
        {
            for (var i = 0; i < Stages[depth][stage]; i++)
            {
                var stride = stage > 0 && i == 0 ? 2 : 1;
                x = depth >= 50 ? Bottleneck(graph, x, 64 << stage, stride) : Basic(graph, x, 64 << stage, stride);
            }
        }

        return graph.Classifier(x, classes);
    }

    /// <summary>The network of MLPerf Tiny for pictures of 32 × 32.</summary>
    public static Value Build8(GraphBuilder graph, Value x)
    {
        x = graph.ConvNorm(x, 16, 3);
        x = Basic(graph, x, 16, 1);
        x = Basic(graph, x, 32, 2, normShortcut: false);
        x = Basic(graph, x, 64, 2, normShortcut: false);
        return graph.Classifier(x, 10, softmax: true);
    }

    private static Value Basic(GraphBuilder graph, Value x, long channels, int stride, bool normShortcut = true)
    {
        var inner = graph.ConvNorm(graph.ConvNorm(x, channels, new(3, stride)), channels, 3, Activation.None, gain: 0.25);
        return Sum(graph, x, inner, stride, normShortcut);
    }

    private static Value Bottleneck(GraphBuilder graph, Value x, long channels, int stride)
    {
        var inner = graph.ConvNorm(graph.ConvNorm(x, channels, 1), channels, new(3, stride));
        return Sum(graph, x, graph.ConvNorm(inner, channels * 4, 1, Activation.None, gain: 0.25), stride, normShortcut: true);
    }

    private static Value Sum(GraphBuilder graph, Value x, Value inner, int stride, bool normShortcut)
    {
        var isSame = x.Channels() == inner.Channels() && stride == 1;
        var shortcut = isSame ? x
            : normShortcut ? graph.ConvNorm(x, inner.Channels(), new(1, stride), Activation.None)
            : graph.Conv(x, inner.Channels(), new(1, stride));
        return graph.Activate(graph.Add(inner, shortcut), Activation.Relu);
    }
}
