using EdgeAI.Graph;
using EdgeAI.Onnx;
using EdgeAI.Testing.Networks;

namespace EdgeAI.Testing;

/// <summary>
/// Public network topologies with seeded weights, for tests and benchmarks where no trained file may be shipped. The same name,
/// options and seed give the same bytes. With <c>norms</c>, BatchNormalization stays a node of its own, as exporters write it.
/// </summary>
public static class Zoo
{
    private const int Classes = 1000;

    /// <summary>The catalogue: every network once or in a few sizes, in alphabetical order.</summary>
    public static IReadOnlyList<ZooNetwork> All { get; } =
    [
        new("alexnet_h512", "Krizhevsky 2014, hidden layers of 512 units", _ => AlexNet(hidden: 512)),
        new("autoencoder_ad", "MLPerf Tiny, anomaly detection", norms => Autoencoder(norms: norms)),
        new("bert_tiny", "Turc et al. 2019", _ => Bert()),
        new("darts_cifar10", "Liu et al. 2018, second version", norms => Cells(CellGenotype.Darts, norms: norms)),
        new("decoder_tiny", "Radford et al. 2019, four small layers with a cache of 16 tokens", _ => Decoder()),
        new("densenet121", "Huang et al. 2016", norms => DenseNet(norms: norms)),
        new("dscnn_kws", "MLPerf Tiny, key words", norms => DsCnn(norms: norms)),
        new("efficientnet_b0", "Tan and Le 2019", norms => EfficientNet(norms: norms)),
        new("efficientnet_lite0", "Tan and Le 2019, form for integer devices", norms => EfficientNet(lite: true, norms: norms)),
        new("googlenet", "Szegedy et al. 2014", _ => GoogLeNet()),
        new("gru_tagger", "Huang et al. 2015", _ => Tagger("GRU")),
        new("inception_v3", "Szegedy et al. 2015", norms => InceptionV3(norms: norms)),
        new("lstm_tagger", "Huang et al. 2015", _ => Tagger("LSTM")),
        new("mobilenet_v1", "Howard et al. 2017", norms => MobileNetV1(norms: norms)),
        new("mobilenet_v1_025_96", "MLPerf Tiny, visual wake words", norms => MobileNetV1(96, 0.25, 2, norms: norms)),
        new("mobilenet_v2", "Sandler et al. 2018", norms => MobileNetV2(norms: norms)),
        new("mobilenet_v2_035_128", "Sandler et al. 2018", norms => MobileNetV2(128, 0.35, norms: norms)),
        new("mobilenet_v3_small", "Howard et al. 2019", norms => MobileNetV3Small(norms: norms)),
        new("nasnet_a_cifar10", "Zoph et al. 2017, six cells", norms => Cells(CellGenotype.NasNet, 6, 32, norms: norms)),
        new("randwire_1000", "Xie et al. 2019, 1,000 nodes", norms => RandWire(1000, norms: norms)),
        new("resnet18", "He et al. 2015", norms => ResNet(18, norms: norms)),
        new("resnet50", "He et al. 2015, stride in the middle of a bottleneck", norms => ResNet(50, norms: norms)),
        new("resnet8", "MLPerf Tiny, pictures of 32 × 32", norms => ResNet8(norms: norms)),
        new("squeezenet1_0", "Iandola et al. 2016", _ => SqueezeNet("1.0")),
        new("squeezenet1_1", "Iandola et al. 2016", _ => SqueezeNet("1.1")),
        new("ssdlite_mobilenet_v2", "Sandler et al. 2018, Liu et al. 2015", norms => SsdLite(norms: norms)),
        new("unet_16", "Ronneberger et al. 2015, a quarter of the channels", norms => UNet(norms: norms)),
        new("vgg11_h512_128", "Simonyan and Zisserman 2014, hidden layers of 512 units", _ => Vgg(11, 128, 512)),
        new("vit_tiny", "Dosovitskiy et al. 2020, Touvron et al. 2020", _ => Vit()),
        new("yolov5n_320", "YOLOv5 6.0", norms => YoloV5(norms: norms)),
    ];

    /// <summary>The network of that name in the catalogue.</summary>
    public static ZooNetwork Find(string name) => All.Single(network => network.Name == name);

    /// <summary>MobileNet v1.</summary>
    public static Model MobileNetV1(int size = 224, double width = 1, int classes = Classes, int seed = 1, bool norms = false) =>
        Picture("mobilenet_v1", size, seed, norms, (graph, x) => MobileNets.BuildV1(graph, x, width, classes));

    /// <summary>MobileNet v2.</summary>
    public static Model MobileNetV2(int size = 224, double width = 1, int classes = Classes, int seed = 1, bool norms = false) =>
        Picture("mobilenet_v2", size, seed, norms, (graph, x) => MobileNets.BuildV2(graph, x, width, classes));

    /// <summary>MobileNet v3, the small one.</summary>
    public static Model MobileNetV3Small(int size = 224, int classes = Classes, int seed = 1, bool norms = false) =>
        Picture("mobilenet_v3_small", size, seed, norms, (graph, x) => MobileNets.BuildV3Small(graph, x, classes));

    /// <summary>EfficientNet B0, or its form for integer devices.</summary>
    public static Model EfficientNet(int size = 224, bool lite = false, int classes = Classes, int seed = 1, bool norms = false) =>
        Picture(lite ? "efficientnet_lite0" : "efficientnet_b0", size, seed, norms, (graph, x) => MobileNets.BuildEfficient(graph, x, lite, classes));

    /// <summary>The ResNet of MLPerf Tiny.</summary>
    public static Model ResNet8(int size = 32, int seed = 1, bool norms = false) => Picture("resnet8", size, seed, norms, ResNets.Build8);

    /// <summary>ResNet of 18, 34, 50 or 101 layers.</summary>
    public static Model ResNet(int depth, int size = 224, int classes = Classes, int seed = 1, bool norms = false) =>
        Picture($"resnet{depth}", size, seed, norms, (graph, x) => ResNets.Build(graph, x, depth, classes));

    /// <summary>SqueezeNet 1.0 or 1.1.</summary>
    public static Model SqueezeNet(string version, int size = 224, int classes = Classes, int seed = 1) =>
        Picture($"squeezenet{version}", size, seed, false, (graph, x) => ConvolutionNets.BuildSqueezeNet(graph, x, version, classes));

    /// <summary>AlexNet in one column.</summary>
    public static Model AlexNet(int size = 227, int hidden = 4096, int classes = Classes, int seed = 1) =>
        Picture("alexnet", size, seed, false, (graph, x) => ConvolutionNets.BuildAlexNet(graph, x, hidden, classes));

    /// <summary>VGG of 11 or 16 layers.</summary>
    public static Model Vgg(int depth = 16, int size = 224, int hidden = 4096, int classes = Classes, int seed = 1) =>
        Picture($"vgg{depth}", size, seed, false, (graph, x) => ConvolutionNets.BuildVgg(graph, x, depth, hidden, classes));

    /// <summary>Inception v1.</summary>
    public static Model GoogLeNet(int size = 224, int classes = Classes, int seed = 1) =>
        Picture("googlenet", size, seed, false, (graph, x) => ConvolutionNets.BuildGoogLeNet(graph, x, classes));

    /// <summary>Inception v3.</summary>
    public static Model InceptionV3(int size = 299, int classes = Classes, int seed = 1, bool norms = false) =>
        Picture("inception_v3", size, seed, norms, (graph, x) => ConvolutionNets.BuildInceptionV3(graph, x, classes));

    /// <summary>DenseNet of 121 or 169 layers.</summary>
    public static Model DenseNet(int depth = 121, int size = 224, int growth = 32, int classes = Classes, int seed = 1, bool norms = false) =>
        Picture($"densenet{depth}", size, seed, norms, (graph, x) => ConvolutionNets.BuildDenseNet(graph, x, depth, growth, classes));

    /// <summary>U-Net; the paper's width is 64.</summary>
    public static Model UNet(int size = 128, int width = 16, int classes = 1, int seed = 1, bool norms = false) =>
        Picture("unet", size, seed, norms, (graph, x) => ConvolutionNets.BuildUNet(graph, x, width, classes));

    /// <summary>YOLOv5, the smallest form; three outputs, one for each resolution.</summary>
    public static Model YoloV5(int size = 320, double depth = 0.33, double width = 0.25, int classes = 80, int seed = 1, bool norms = false)
    {
        var graph = new GraphBuilder("yolov5", seed, norms);
        return graph.Build([.. Detectors.BuildYoloV5(graph, graph.Input("input", [1, 3, size, size]), depth, width, classes)]);
    }

    /// <summary>SSD with separable heads on MobileNet v2; scores and boxes.</summary>
    public static Model SsdLite(int size = 320, double width = 1, int classes = 91, int seed = 1, bool norms = false)
    {
        var graph = new GraphBuilder("ssdlite", seed, norms);
        return graph.Build([.. Detectors.BuildSsd(graph, graph.Input("input", [1, 3, size, size]), width, classes)]);
    }

    /// <summary>Separable convolutions for key words.</summary>
    public static Model DsCnn(int channels = 64, int classes = 12, int seed = 1, bool norms = false)
    {
        var graph = new GraphBuilder("dscnn", seed, norms);
        return graph.Build(TinyNets.BuildDsCnn(graph, graph.Input("input", [1, 1, 49, 10]), channels, classes));
    }

    /// <summary>Fully connected autoencoder for anomalies.</summary>
    public static Model Autoencoder(int seed = 1, bool norms = false)
    {
        var graph = new GraphBuilder("autoencoder", seed, norms);
        return graph.Build(TinyNets.BuildAutoencoder(graph, graph.Input("input", [1, 640])));
    }

    /// <summary>Recurrent tagger of words; <paramref name="cell"/> is "LSTM" or "GRU".</summary>
    public static Model Tagger(string cell, int length = 32, int vocabulary = 1000, int width = 64, int layers = 2, int tags = 17, int seed = 1)
    {
        var graph = new GraphBuilder($"{cell}_tagger", seed);
        return graph.Build(TinyNets.BuildTagger(graph, graph.Input("input_ids", [1, length], Hal.DataType.Int64), cell, vocabulary, width, layers, tags));
    }

    /// <summary>Transformer encoder of text.</summary>
    public static Model Bert(int length = 64, TransformerSize? size = null, int vocabulary = 30522, int seed = 1)
    {
        var graph = new GraphBuilder("bert", seed);
        return graph.Build([.. Transformers.BuildBert(graph, length, size ?? TransformerSize.BertTiny, vocabulary)]);
    }

    /// <summary>Transformer decoder of one token, with a cache of static size.</summary>
    public static Model Decoder(int past = 16, TransformerSize? size = null, int vocabulary = 1000, int seed = 1)
    {
        var graph = new GraphBuilder("decoder", seed);
        return graph.Build([.. Transformers.BuildDecoder(graph, past, size ?? new(128, 4, 4, 512), vocabulary)]);
    }

    /// <summary>Vision transformer.</summary>
    public static Model Vit(int size = 224, TransformerSize? transformer = null, int patch = 16, int classes = Classes, int seed = 1) =>
        Picture("vit", size, seed, false, (graph, x) => Transformers.BuildVit(graph, x, transformer ?? TransformerSize.VitTiny, patch, classes));

    /// <summary>Cells that a search has found, of any number and width.</summary>
    public static Model Cells(CellGenotype genotype, int layers = 20, int channels = 36, int size = 32, int classes = 10, int seed = 1, bool norms = false) =>
        Picture("cells", size, seed, norms, (graph, x) => CellNets.BuildCells(graph, x, genotype, layers, channels, classes));

    /// <summary>Randomly wired cells, until there are this many nodes or a few more.</summary>
    public static Model RandWire(int nodes, int perStage = 32, int size = 32, int channels = 8, int classes = 10, int seed = 1, bool norms = false) =>
        Picture("randwire", size, seed, norms, (graph, x) => CellNets.BuildRandom(graph, x, nodes, perStage, channels, classes));

    /// <summary>The integer form of a float network in DQ-op-Q groups.</summary>
    /// <param name="bytes">The float model, normalizations folded.</param>
    /// <param name="quantize">Another quantizer than EdgeAI's; it gets the bytes and inputs to calibrate on.</param>
    public static Model Int8(byte[] bytes, Func<byte[], IReadOnlyDictionary<string, EdgeTensor>, Model>? quantize = null) =>
        (quantize ?? Quantized)(bytes, ZooNetwork.Feeds(bytes));

    private static Model Quantized(byte[] bytes, IReadOnlyDictionary<string, EdgeTensor> feeds)
    {
        using var quantizer = new ModelQuantizer();
        var model = OnnxReader.Read(bytes);
        return quantizer.Core.Quantize(model, [[.. model.Graph.Inputs.Select(input => feeds[input.Name]).Select(tensor => new ConstantTensor(tensor.Type, tensor.Shape, tensor.Bytes.ToArray()))]]).Model;
    }

    private static Model Picture(string name, int size, int seed, bool norms, Func<GraphBuilder, Value, Value> build)
    {
        var graph = new GraphBuilder(name, seed, norms);
        return graph.Build(build(graph, graph.Input("input", [1, 3, size, size])));
    }
}
