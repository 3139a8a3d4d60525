using EdgeAI.Graph;

namespace EdgeAI.Testing.Networks;

/// <summary>Networks of plain and of parallel convolutions: AlexNet, VGG, SqueezeNet, GoogLeNet, Inception v3, DenseNet, U-Net.</summary>
internal static class ConvolutionNets
{
    /// <summary>Channels of each convolution by depth; 0 is a pooling.</summary>
    private static readonly Dictionary<int, int[]> VggLayers = new()
    {
        [11] = [64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0],
        [16] = [64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0],
    };

    private static readonly Dictionary<int, int[]> DenseBlocks = new() { [121] = [6, 12, 24, 16], [169] = [6, 12, 32, 32] };

    private static readonly string[] GoogLeNetBlocks =
    [
        "64,96 128:3,16 32:5,max 32", "128,128 192:3,32 96:5,max 64", "pool",
        "192,96 208:3,16 48:5,max 64", "160,112 224:3,24 64:5,max 64", "128,128 256:3,24 64:5,max 64", "112,144 288:3,32 64:5,max 64",
        "256,160 320:3,32 128:5,max 128", "pool", "256,160 320:3,32 128:5,max 128", "384,192 384:3,48 128:5,max 128",
    ];

    private static readonly string[] InceptionV3Blocks =
    [
        "64,48 64:5,64 96:3 96:3,avg 32", "64,48 64:5,64 96:3 96:3,avg 64", "64,48 64:5,64 96:3 96:3,avg 64",
        "384:3/2v,64 96:3 96:3/2v,max/2v",
        "192,128 128:1x7 192:7x1,128 128:7x1 128:1x7 128:7x1 192:1x7,avg 192",
        "192,160 160:1x7 192:7x1,160 160:7x1 160:1x7 160:7x1 192:1x7,avg 192",
        "192,160 160:1x7 192:7x1,160 160:7x1 160:1x7 160:7x1 192:1x7,avg 192",
        "192,192 192:1x7 192:7x1,192 192:7x1 192:1x7 192:7x1 192:1x7,avg 192",
        "192 320:3/2v,192 192:1x7 192:7x1 192:3/2v,max/2v",
        "320,384 (384:1x3|384:3x1),448 384:3 (384:1x3|384:3x1),avg 192", "320,384 (384:1x3|384:3x1),448 384:3 (384:1x3|384:3x1),avg 192",
    ];

    /// <summary>Squeezed and expanded channels of each fire module; 0 is a pooling.</summary>
    private static readonly Dictionary<string, (int Squeezed, int Expanded)[]> FireModules = new()
    {
        ["1.0"] = [(16, 64), (16, 64), (32, 128), (0, 0), (32, 128), (48, 192), (48, 192), (64, 256), (0, 0), (64, 256)],
        ["1.1"] = [(16, 64), (16, 64), (0, 0), (32, 128), (32, 128), (0, 0), (48, 192), (48, 192), (64, 256), (64, 256)],
    };

    private static readonly Window Halving = new(3, 2, Padding.Valid, ceiling: true);

    public static Value BuildAlexNet(GraphBuilder graph, Value x, int hidden, int classes)
    {
        var pool = new Window(3, 2, Padding.Valid);
        x = graph.MaxPool(graph.Conv(x, 64, new(11, 4, Padding.Valid), Activation.Relu), pool);
        x = graph.MaxPool(graph.Conv(x, 192, 5, Activation.Relu), pool);
        x = graph.Conv(graph.Conv(graph.Conv(x, 384, 3, Activation.Relu), 256, 3, Activation.Relu), 256, 3, Activation.Relu);
        return Hidden(graph, graph.MaxPool(x, pool), hidden, classes);
    }

    public static Value BuildVgg(GraphBuilder graph, Value x, int depth, int hidden, int classes)
    {
        foreach (var channels in VggLayers[depth])
        {
            x = channels == 0 ? graph.MaxPool(x, new(2, 2, Padding.Valid)) : graph.Conv(x, channels, 3, Activation.Relu);
        }

        return Hidden(graph, x, hidden, classes);
    }

    public static Value BuildSqueezeNet(GraphBuilder graph, Value x, string version, int classes)
    {
        Value Convolve(Value operand, long channels, Window window) => graph.Conv(operand, channels, window, Activation.Relu);
        x = version == "1.0" ? Convolve(x, 96, new(7, 2, Padding.Valid)) : Convolve(x, 64, new(3, 2, Padding.Valid));
        x = graph.MaxPool(x, Halving);
        foreach (var (squeezed, expanded) in FireModules[version])
        {
            x = squeezed == 0 ? graph.MaxPool(x, Halving)
                : graph.Inception(Convolve(x, squeezed, 1), Convolve, $"{expanded}", $"{expanded}:3");
        }

        return graph.Softmax(graph.Flatten(graph.GlobalPool(Convolve(x, classes, 1))));
    }

    /// <summary>Inception v1 with its two local response normalizations, without the outputs that only training uses.</summary>
    public static Value BuildGoogLeNet(GraphBuilder graph, Value x, int classes)
    {
        Value Convolve(Value operand, long channels, Window window) => graph.Conv(operand, channels, window, Activation.Relu);
        Value Respond(Value operand) => graph.Node("LRN", [operand], operand.Extents(), new() { ["size"] = 5, ["alpha"] = 1e-4f, ["beta"] = 0.75f });
        x = Respond(graph.MaxPool(Convolve(x, 64, new(7, 2)), Halving));
        x = graph.MaxPool(Respond(Convolve(Convolve(x, 64, 1), 192, 3)), Halving);
        foreach (var block in GoogLeNetBlocks)
        {
            x = block == "pool" ? graph.MaxPool(x, Halving) : graph.Inception(x, Convolve, block.Split(','));
        }

        return graph.Classifier(x, classes, softmax: true);
    }

    public static Value BuildInceptionV3(GraphBuilder graph, Value x, int classes)
    {
        Value Convolve(Value operand, long channels, Window window) => graph.ConvNorm(operand, channels, window);
        var pool = new Window(3, 2, Padding.Valid);
        x = Convolve(Convolve(Convolve(x, 32, pool), 32, new(3, 1, Padding.Valid)), 64, 3);
        x = Convolve(Convolve(graph.MaxPool(x, pool), 80, 1), 192, new(3, 1, Padding.Valid));
        x = graph.MaxPool(x, pool);
        foreach (var block in InceptionV3Blocks)
        {
            x = graph.Inception(x, Convolve, block.Split(','));
        }

        return graph.Classifier(x, classes);
    }

    /// <summary>Each layer reads the results of all before it; the normalization stands before the convolution, where nothing folds it.</summary>
    public static Value BuildDenseNet(GraphBuilder graph, Value x, int depth, int growth, int classes)
    {
        x = graph.MaxPool(graph.ConvNorm(x, growth * 2, new(7, 2)), new(3, 2));
        foreach (var (count, block) in DenseBlocks[depth].Select((count, block) => (count, block)))
        {
            x = block == 0 ? x : graph.AveragePool(graph.Conv(graph.Norm(x, Activation.Relu), x.Channels() / 2, 1, bias: false), new(2, 2, Padding.Valid));
            for (var i = 0; i < count; i++)
            {
                var inner = graph.ConvNorm(graph.Norm(x, Activation.Relu), growth * 4, 1);
                x = graph.Concat([x, graph.Conv(inner, growth, 3, bias: false)]);
            }
        }

        return graph.Classifier(graph.Norm(x, Activation.Relu), classes);
    }

    /// <summary>Four times down and up again, each level joined with the one of its size on the way down.</summary>
    public static Value BuildUNet(GraphBuilder graph, Value x, int width, int classes)
    {
        var levels = new Stack<Value>();
        for (var level = 0; level < 4; level++)
        {
            levels.Push(Twice(graph, x, width << level));
            x = graph.MaxPool(levels.Peek(), new(2, 2, Padding.Valid));
        }

        x = Twice(graph, x, width << 4);
        foreach (var level in levels)
        {
            x = Twice(graph, graph.Concat([graph.UpConv(x, level.Channels()), level]), level.Channels());
        }

        return graph.Conv(x, classes, 1, Activation.Sigmoid);
    }

    private static Value Twice(GraphBuilder graph, Value x, long channels) => graph.ConvNorm(graph.ConvNorm(x, channels, 3), channels, 3);

    private static Value Hidden(GraphBuilder graph, Value x, int hidden, int classes) =>
        graph.Dense(graph.Dense(graph.Dense(graph.Flatten(x), hidden, Activation.Relu), hidden, Activation.Relu), classes);
}
