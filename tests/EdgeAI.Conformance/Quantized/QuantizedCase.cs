using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Testing;

namespace EdgeAI.Conformance.Quantized;

/// <summary>A small quantized model with what is awkward: equal scales, exact ties, odd extents, borders.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Extents">Of its input.</param>
/// <param name="Scale">Of its input.</param>
/// <param name="Build">Adds what follows the input.</param>
/// <param name="IsFloatOnX64">
/// True where an Int8 value has two readers: on x64 ONNX Runtime turns Int8 values into UInt8 ones only where they have one, and
/// leaves other groups in float, which rounds ties before it adds the zero point. Accelerators keep to the integer rule, which
/// ONNX Runtime follows on ARM, and on x64 with session.qdqisint8allowed.
/// </param>
/// <param name="Device">The accelerator that must take the main operator; "" where the CPU may have it.</param>
internal sealed record QuantizedCase(string Name, long[] Extents, float Scale, Func<QdqModel, Random, QuantizedValue, QuantizedValue> Build, string Device = "npu", bool IsFloatOnX64 = false)
{
    /// <summary>All cases.</summary>
    public static IReadOnlyList<QuantizedCase> All { get; } =
    [
        // A product of scales that is a power of two puts every second accumulator on a tie.
        new("conv 1x1, ties", [1, 3, 7, 9], 0.5f, (m, r, x) => Conv(m, r, x, 5, [1, 1], 2f)),
        new("conv 3x3 padded, ties", [1, 5, 9, 11], 0.5f, (m, r, x) => Conv(m, r, x, 7, [3, 3], 4f, pads: [1, 1, 1, 1])),
        new("conv stride 2, ties", [1, 4, 13, 10], 0.25f, (m, r, x) => Conv(m, r, x, 17, [3, 3], 8f, pads: [1, 1, 1, 1], strides: [2, 2])),
        new("depthwise conv, ties", [1, 33, 9, 7], 0.5f, (m, r, x) => Conv(m, r, x, 33, [3, 3], 4f, pads: [1, 1, 1, 1], groups: 33)),
        new("depthwise conv, stride 2, uneven pads", [1, 18, 10, 11], 0.5f, (m, r, x) => Conv(m, r, x, 18, [3, 3], 4f, pads: [0, 0, 1, 1], strides: [2, 2], groups: 18)),
        new("grouped conv, ties", [1, 12, 6, 5], 1f, (m, r, x) => Conv(m, r, x, 8, [2, 3], 8f, groups: 4)),
        new("dilated conv", [1, 3, 15, 14], 0.05f, (m, r, x) => TestUnits.Conv(m, r, x, 9, [3, 3], pads: [2, 2, 2, 2], dilations: [2, 2])),
        new("conv over one axis", [1, 6, 37], 0.5f, (m, r, x) => Conv(m, r, x, 10, [5], 4f, pads: [2, 2], strides: [2])),
        new("conv of the whole map", [1, 7, 5, 3], 0.05f, (m, r, x) => TestUnits.Conv(m, r, x, 33, [5, 3])),
        new("conv to one channel", [1, 65, 3, 3], 0.05f, (m, r, x) => TestUnits.Conv(m, r, x, 1, [1, 1])),
        new("conv of three images", [3, 5, 6, 7], 0.05f, (m, r, x) => TestUnits.Conv(m, r, x, 6, [3, 3])),
        new("two convs and their sum", [1, 8, 7, 7], 0.05f, Residual),
        new("add of equal scales", [1, 5, 7, 9], 0.05f, (m, _, x) => m.Group("Add", [x, x], x.Type, x.Scale, x.ZeroPoint)),
        new("add, ties", [1, 5, 7, 9], 0.5f, (m, _, x) => m.Group("Add", [x, Shifted(m, x)], x.Type, 2f, x.ZeroPoint), IsFloatOnX64: true),
        new("add, odd zero points", [1, 3, 5, 5], 0.5f, (m, _, x) => m.Group("Add", [x, Shifted(m, x)], x.Type, 1f, x.ZeroPoint + 3)),
        new("add of very different scales", [1, 4, 6, 6], 3f, (m, _, x) => m.Group("Add", [x, Tiny(m, x)], x.Type, 3.1f, x.ZeroPoint)),
        new("mul of equal scales", [1, 5, 7, 9], 0.05f, (m, _, x) => m.Group("Mul", [x, x], x.Type, x.Scale, x.ZeroPoint)),
        new("mul, ties", [1, 5, 7, 9], 0.5f, (m, _, x) => m.Group("Mul", [x, Shifted(m, x)], x.Type, 8f, x.ZeroPoint), IsFloatOnX64: true),
        new("max pool", [1, 9, 12, 11], 0.05f, (m, _, x) => m.Group("MaxPool", [x], x.Type, x.Scale, x.ZeroPoint, Window(3, 2, 1))),
        new("average pool of equal scales", [1, 10, 8, 6], 0.05f, (m, _, x) => m.Group("AveragePool", [x], x.Type, x.Scale, x.ZeroPoint, Window(2, 2, 0))),
        new("average pool, ties", [1, 10, 8, 6], 0.5f, (m, _, x) => m.Group("AveragePool", [x], x.Type, 1f, x.ZeroPoint, Window(2, 2, 0))),
        new("average pool, padded", [1, 6, 7, 7], 0.05f, (m, _, x) => m.Group("AveragePool", [x], x.Type, x.Scale, x.ZeroPoint, Window(3, 2, 1))),
        new("global average pool of equal scales", [1, 17, 4, 4], 0.05f, (m, _, x) => m.Group("GlobalAveragePool", [x], x.Type, x.Scale, x.ZeroPoint)),
        new("global average pool, ties", [1, 17, 2, 4], 0.5f, (m, _, x) => m.Group("GlobalAveragePool", [x], x.Type, 0.5f, x.ZeroPoint)),
        new("gemm", [3, 37], 0.05f, (m, r, x) => TestUnits.Gemm(m, r, x, 11)),
        new("matmul", [5, 24], 0.05f, (m, r, x) => TestUnits.MatMul(m, r, x, 19)),
        new("concat of equal scales", [1, 5, 4, 3], 0.05f, (m, r, x) => m.Group("Concat", [x, Shifted(m, x), x], x.Type, x.Scale, x.ZeroPoint, Axis(1))),
        new("flatten and gemm", [2, 3, 4, 5], 0.05f, (m, r, x) => TestUnits.Gemm(m, r, Inferred(m, m.Group("Flatten", [x], x.Type, x.Scale, x.ZeroPoint)), 7)),
        new("sigmoid", [1, 5, 9, 7], 0.05f, (m, _, x) => m.Group("Sigmoid", [x], x.Type, 1 / 256f, x.Type == DataType.UInt8 ? 0 : -128)),
        new("leaky relu", [1, 5, 9, 7], 0.05f, (m, _, x) => m.Group("LeakyRelu", [x], x.Type, x.Scale, x.ZeroPoint)),
        new("relu of equal scales", [1, 5, 9, 7], 0.05f, (m, _, x) => m.Group("Relu", [x], x.Type, x.Scale, x.ZeroPoint)),
        new("softmax", [3, 17], 0.1f, (m, _, x) => m.Group("Softmax", [x], x.Type, 1 / 256f, x.Type == DataType.UInt8 ? 0 : -128)),
        new("transpose", [1, 5, 6, 7], 0.05f, (m, _, x) => m.Group("Transpose", [x], x.Type, x.Scale, x.ZeroPoint, TestUnits.Attributes(("perm", [0, 2, 3, 1])))),
        new("sub, float between the quantizers", [1, 5, 6, 7], 0.05f, (m, _, x) => m.Group("Sub", [x, Shifted(m, x)], x.Type, x.Scale, x.ZeroPoint)),
        .. QuantizedMoves.Cases,
        .. QuantizedArithmetic.Cases,
        new("one value read by three", [1, 6, 5, 5], 0.05f, Shared, ""),
    ];

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static QuantizedValue Conv(
        QdqModel model, Random random, QuantizedValue x, int outputs, long[] kernel, float outputScale, long[]? pads = null, long[]? strides = null, int groups = 1)
    {
        var shape = new Shape([outputs, x.Value.Shape[1].Value / groups, .. kernel]);
        var weights = ConstantTensor.Of<sbyte>(shape, [.. Enumerable.Range(0, (int)shape.ElementCount).Select(_ => (sbyte)random.Next(-8, 9))]);
        var attributes = TestUnits.Attributes(("kernel_shape", kernel), ("pads", pads), ("strides", strides)).With("group", new AttributeValue.Int(groups));
        return Inferred(model, model.Group("Conv", [x, new QuantizedConstant(weights, [0.5f], [0])], x.Type, outputScale, x.ZeroPoint, attributes));
    }

    private static QuantizedValue Residual(QdqModel model, Random random, QuantizedValue x)
    {
        var left = TestUnits.Conv(model, random, x, 8, [3, 3], pads: [1, 1, 1, 1], activation: "Relu", outputZero: x.Type == DataType.UInt8 ? 0 : -128);
        var right = TestUnits.Conv(model, random, left, 8, [1, 1]);
        return model.Group("Add", [right, left], x.Type, right.Scale, right.ZeroPoint);
    }

    private static QuantizedValue Shared(QdqModel model, Random random, QuantizedValue x)
    {
        var map = TestUnits.Conv(model, random, x, 6, [3, 3], pads: [1, 1, 1, 1]);
        var pooled = model.Group("MaxPool", [map], x.Type, map.Scale, map.ZeroPoint, Window(3, 1, 1));
        var squared = model.Group("Mul", [map, map], x.Type, map.Scale * 4, map.ZeroPoint);
        var sum = model.Group("Add", [pooled, squared], x.Type, map.Scale * 5, map.ZeroPoint);
        model.Output(map);
        return sum;
    }

    /// <summary>Other values of the same scale: the greater of each two along the last axis.</summary>
    internal static QuantizedValue Shifted(QdqModel model, QuantizedValue x)
    {
        var rank = x.Value.Shape.Rank - 2;
        var ones = Enumerable.Repeat(1L, rank).ToArray();
        return Inferred(model, model.Group("MaxPool", [x], x.Type, x.Scale, x.ZeroPoint, TestUnits.Attributes(("kernel_shape", [.. ones.Select((_, i) => i == rank - 1 ? 2L : 1L)]), ("pads", [.. Enumerable.Repeat(0L, (2 * rank) - 1), 1L]))));
    }

    /// <summary>A thousandth of the values, at a scale of its own.</summary>
    private static QuantizedValue Tiny(QdqModel model, QuantizedValue x) =>
        model.Group("Mul", [x, new QuantizedConstant(new ConstantTensor(x.Type, new Shape(1), new byte[] { 1 }), [0.001f], [0])], x.Type, x.Scale / 1000, x.ZeroPoint);

    private static AttributeList Window(long kernel, long stride, long pad) =>
        TestUnits.Attributes(("kernel_shape", [kernel, kernel]), ("strides", [stride, stride]), ("pads", [pad, pad, pad, pad]));

    private static AttributeList Axis(long axis) => new(new NodeAttribute("axis", new AttributeValue.Int(axis)));

    internal static QuantizedValue Inferred(QdqModel model, QuantizedValue value)
    {
        ShapeInference.Infer(model.Model);
        return value;
    }
}
