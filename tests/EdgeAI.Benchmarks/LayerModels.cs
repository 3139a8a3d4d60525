using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>Models of one 8-bit operator, straight on uint8 inputs and outputs, with seeded weights.</summary>
internal static class LayerModels
{
    private const float InputScale = 0.05f;
    private const int InputZero = 117;

    /// <summary>Typical layers with the multiply-accumulates of those that have some.</summary>
    public static IEnumerable<(string Name, long Macs, Func<byte[]> Build)> All =>
    [
        Convolution("pointwise 32 → 16, 112 × 112", 32, 16, 112),
        Convolution("pointwise 96 → 24, 56 × 56", 96, 24, 56),
        Convolution("pointwise 64 → 384, 14 × 14", 64, 384, 14),
        Convolution("pointwise 512 → 512, 14 × 14", 512, 512, 14),
        Convolution("pointwise 960 → 320, 7 × 7", 960, 320, 7),
        Convolution("3 × 3, 3 → 32, stride 2, 224 × 224", 3, 32, 224, kernel: 3, stride: 2),
        Convolution("3 × 3, 64 → 64, 56 × 56", 64, 64, 56, kernel: 3),
        Convolution("3 × 3, 128 → 128, 28 × 28", 128, 128, 28, kernel: 3),
        Convolution("3 × 3, 512 → 512, 7 × 7", 512, 512, 7, kernel: 3),
        Convolution("5 × 5, 48 → 64, 28 × 28", 48, 64, 28, kernel: 5),
        Convolution("7 × 7, 3 → 64, stride 2, 224 × 224", 3, 64, 224, kernel: 7, stride: 2),
        Convolution("depthwise 3 × 3, 32, 112 × 112", 32, 32, 112, kernel: 3, depthwise: true),
        Convolution("depthwise 3 × 3, 96, stride 2, 112 × 112", 96, 96, 112, kernel: 3, stride: 2, depthwise: true),
        Convolution("depthwise 3 × 3, 384, 14 × 14", 384, 384, 14, kernel: 3, depthwise: true),
        Convolution("depthwise 5 × 5, 240, 28 × 28", 240, 240, 28, kernel: 5, depthwise: true),
        FullyConnected(1280, 1000),
        FullyConnected(2048, 512),
        ("add, 64 × 56 × 56", 0, () => Of([64, 56, 56], (m, x) => m.Node("QLinearAdd", [x, .. Input(m), x, m.Scale(0.031f), m.Zero(DataType.UInt8, 1), .. Output(m)], domain: "com.microsoft"))),
        ("sigmoid, 64 × 56 × 56", 0, () => Of([64, 56, 56], (m, x) => m.Node("QLinearSigmoid", [x, .. Input(m), m.Scale(1f / 256), m.Zero(DataType.UInt8, 0)], domain: "com.microsoft"))),
        ("max pool 3 × 3, stride 2, 64 × 112 × 112", 0, () => Of([64, 112, 112], (m, x) => m.Node("MaxPool", [x], TestUnits.Attributes(("kernel_shape", [3, 3]), ("strides", [2, 2]), ("pads", [1, 1, 1, 1]))))),
        ("global average pool, 512 × 7 × 7", 0, () => Of([512, 7, 7], (m, x) => m.Node(
            "QLinearGlobalAveragePool", [x, .. Input(m), .. Output(m)], new AttributeList(new NodeAttribute("channels_last", new AttributeValue.Int(0))), "com.microsoft"))),
    ];

    private static (string Name, long Macs, Func<byte[]> Build) Convolution(string name, int inputs, int outputs, int size, int kernel = 1, int stride = 1, bool depthwise = false)
    {
        var pad = kernel / 2;
        var extent = ((size + (2 * pad) - kernel) / stride) + 1;
        var perGroup = depthwise ? 1 : inputs;
        return (name, (long)extent * extent * outputs * perGroup * kernel * kernel, () => Of([inputs, size, size], (model, x) =>
        {
            var bias = ConstantTensor.Of<int>(new Shape(outputs), [.. Enumerable.Range(0, outputs).Select(i => (i % 100 * 30) - 1500)]);
            var attributes = new AttributeList(
                new NodeAttribute("pads", new AttributeValue.Ints([pad, pad, pad, pad])), new NodeAttribute("strides", new AttributeValue.Ints([stride, stride])),
                new NodeAttribute("group", new AttributeValue.Int(depthwise ? inputs : 1)));
            return model.Node("QLinearConv", [x, .. Input(model), .. Weights(model, outputs, perGroup, kernel, kernel), .. Output(model), model.Constant(bias)], attributes);
        }));
    }

    private static (string Name, long Macs, Func<byte[]> Build) FullyConnected(int depth, int outputs) => ($"fully connected {depth} → {outputs}", (long)depth * outputs, () =>
        Of([depth], (model, x) => model.Node("QLinearMatMul", [x, .. Input(model), .. Weights(model, depth, outputs), .. Output(model)])));

    private static Value[] Input(QdqModel model) => [model.Scale(InputScale), model.Zero(DataType.UInt8, InputZero)];

    private static Value[] Output(QdqModel model) => [model.Scale(0.4f), model.Zero(DataType.UInt8, 121)];

    /// <summary>Weights, their scale and zero point.</summary>
    private static Value[] Weights(QdqModel model, params long[] extents)
    {
        var (random, shape) = (new Random(1), new Shape(extents));
        var values = new sbyte[shape.ElementCount];
        random.NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        return [model.Constant(ConstantTensor.Of<sbyte>(shape, values)), model.Scale(0.01f), model.Zero(DataType.Int8, 0)];
    }

    private static byte[] Of(long[] extents, Func<QdqModel, Value, Value> layer)
    {
        var model = new QdqModel();
        var x = model.Graph.AddValue("x", new TensorType(DataType.UInt8, new Shape([1, .. extents])));
        model.Graph.AddInput(x);
        model.Graph.AddOutput(layer(model, x));
        return OnnxWriter.ToBytes(model.Model);
    }
}
