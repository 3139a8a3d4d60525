using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Testing;

namespace EdgeAI.Conformance.Quantized;

/// <summary>Cases of operators on two operands, functions, products of activations, reductions and transposed convolutions.</summary>
internal static class QuantizedArithmetic
{
    public static IReadOnlyList<QuantizedCase> Cases { get; } =
    [
        .. from op in new[] { "Sub", "Min", "Max", "Div" }
           select new QuantizedCase($"{op} of equal scales", [1, 5, 7, 9], 0.5f, (m, _, x) => m.Group(op, [x, QuantizedCase.Shifted(m, x)], x.Type, 0.5f, x.ZeroPoint)),
        .. from op in new[] { "Add", "Sub", "Mul", "Max" }
           select new QuantizedCase($"{op} with a bias per channel", [2, 5, 3, 4], 0.05f, (m, r, x) => m.Group(op, [x, Bytes(r, x.Type, 5, 1, 1)], x.Type, x.Scale * 1.3f, x.ZeroPoint)),
        new("add of a row to a column", [3, 1, 7], 0.05f, (m, r, x) => m.Group("Add", [x, Bytes(r, x.Type, 5, 1)], x.Type, x.Scale * 2, x.ZeroPoint)),
        new("sub over five axes", [2, 3, 4, 5, 2], 0.05f, (m, r, x) => m.Group("Sub", [x, Bytes(r, x.Type, 4, 5, 2)], x.Type, x.Scale * 1.5f, x.ZeroPoint)),
        new("add, relu that the range does not imply", [1, 5, 6, 7], 0.05f, (m, _, x) => m.Group("Add", [x, QuantizedCase.Shifted(m, x)], x.Type, x.Scale * 2, x.ZeroPoint, activation: "Relu")),
        new("prelu per channel", [1, 5, 6, 7], 0.05f, (m, r, x) => m.Group("PRelu", [x, Bytes(r, x.Type, 5, 1, 1)], x.Type, x.Scale, x.ZeroPoint)),
        .. from op in new[] { "Tanh", "HardSwish", "HardSigmoid", "Abs", "Neg", "Elu", "Exp", "Floor", "Sin", "Softplus", "Softsign", "Sign", "Ceil", "Round", "Relu" }
           select new QuantizedCase($"function {op}", [1, 5, 9, 7], 0.03f, (m, _, x) => m.Group(op, [x], x.Type, op == "Exp" ? 0.3f : 0.02f, x.Type == DataType.UInt8 ? 100 : 0)),
        new("x·Sigmoid(x) in float", [1, 5, 9, 7], 0.05f, (m, _, x) => m.Quantized(m.Node("Mul", [m.Dequantized(x), m.Node("Sigmoid", [m.Dequantized(x)])]), x.Type, 0.04f, x.ZeroPoint)),
        new("hard-swish written out in float", [1, 5, 9, 7], 0.05f, HardSwish),
        new("average of the whole map by AveragePool", [1, 9, 5, 7], 0.05f, (m, _, x) => m.Group("AveragePool", [x], x.Type, 0.05f, x.ZeroPoint, Pool([5, 7], [1, 1], [0, 0, 0, 0]))),
        new("mul by a real number", [1, 5, 4, 3], 0.05f, (m, _, x) => m.Group("Mul", [x, ConstantTensor.Of<float>(Shape.Scalar, 0.37f)], x.Type, x.Scale, x.ZeroPoint)),
        new("softmax of equal scales", [4, 19], 0.25f, (m, _, x) => m.Group("Softmax", [x], x.Type, 1 / 256f, x.Type == DataType.UInt8 ? 0 : -128, Axis(-1))),
        new("softmax over channels", [1, 19, 3, 4], 0.1f, (m, _, x) => m.Group("Softmax", [x], x.Type, 1 / 255f, x.Type == DataType.UInt8 ? 0 : -128, Axis(1))),
        new("product of activations", [2, 3, 5, 7], 0.05f, Attention),
        new("gemm of activations, transposed", [6, 6], 0.05f, (m, _, x) => m.Group("Gemm", [x, x], x.Type, 2f, x.ZeroPoint, TestUnits.Attributes().With("transA", new AttributeValue.Int(1)).With("transB", new AttributeValue.Int(1)))),
        new("reduce max over the last axis", [3, 4, 9], 0.05f, (m, _, x) => m.Group("ReduceMax", [x], x.Type, x.Scale, x.ZeroPoint, TestUnits.Attributes(("axes", [-1])))),
        new("reduce min over channels", [2, 5, 3, 4], 0.05f, (m, _, x) => m.Group("ReduceMin", [x], x.Type, x.Scale, x.ZeroPoint, TestUnits.Attributes(("axes", [1])))),
        new("conv in one dimension, same lower", [1, 4, 23], 0.05f, (m, r, x) => TestUnits.Conv(m, r, x, 6, [4], strides: [3], autoPad: "SAME_LOWER")),
        new("conv, same upper, uint8 weights", [2, 4, 9, 8], 0.05f, (m, r, x) => TestUnits.Conv(m, r, x, 6, [4, 3], strides: [2, 2], autoPad: "SAME_UPPER", weightType: x.Type)),
        new("average pool, ceil", [1, 6, 8, 9], 0.05f, (m, _, x) => m.Group("AveragePool", [x], x.Type, x.Scale, x.ZeroPoint, Pool([3, 2], [2, 2], [1, 0, 0, 1]).With("ceil_mode", new AttributeValue.Int(1)))),
        new("average pool, padding counted", [1, 6, 7, 9], 0.05f, (m, _, x) => m.Group("AveragePool", [x], x.Type, x.Scale, x.ZeroPoint, Pool([3, 3], [2, 2], [1, 1, 1, 1]).With("count_include_pad", new AttributeValue.Int(1)))),
        new("max pool over one axis", [1, 6, 17], 0.05f, (m, _, x) => m.Group("MaxPool", [x], x.Type, x.Scale, x.ZeroPoint, Pool([3], [2], [1, 1]))),
        new("global max pool", [2, 6, 5, 7], 0.05f, (m, _, x) => m.Group("GlobalMaxPool", [x], x.Type, x.Scale, x.ZeroPoint)),
    ];

    private static QuantizedConstant Bytes(Random random, DataType type, params long[] extents)
    {
        var bytes = new byte[new Shape(extents).ElementCount];
        random.NextBytes(bytes);
        return new QuantizedConstant(new ConstantTensor(type, new Shape(extents), bytes), [0.02f], [type == DataType.UInt8 ? 90 : -11]);
    }

    private static AttributeList Axis(long axis) => new(new NodeAttribute("axis", new AttributeValue.Int(axis)));

    private static AttributeList Pool(long[] kernel, long[] strides, long[] pads) => TestUnits.Attributes(("kernel_shape", kernel), ("strides", strides), ("pads", pads));

    /// <summary>x·Clip(x + 3, 0, 6) / 6.</summary>
    private static QuantizedValue HardSwish(QdqModel model, Random random, QuantizedValue x)
    {
        var shifted = model.Node("Add", [model.Dequantized(x), Real(3)]);
        var clipped = model.Node("Clip", [shifted, Real(0), Real(6)]);
        var product = model.Node("Mul", [model.Dequantized(x), clipped]);
        return model.Quantized(model.Node("Div", [product, Real(6)]), x.Type, 0.04f, x.ZeroPoint);

        Value Real(float value) => model.Constant(ConstantTensor.Of<float>(Shape.Scalar, value));
    }

    private static QuantizedValue Attention(QdqModel model, Random random, QuantizedValue x)
    {
        var keys = QuantizedCase.Inferred(model, model.Group("Transpose", [x], x.Type, x.Scale, x.ZeroPoint, TestUnits.Attributes(("perm", [0, 1, 3, 2]))));
        return model.Group("MatMul", [x, keys], x.Type, 1.3f, x.ZeroPoint);
    }
}
