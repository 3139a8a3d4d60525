using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Testing;

/// <summary>A kind of quantized operator with random extents, parameters and scales.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Units">By how many units of the result an accelerator may differ from ONNX Runtime; docs/npu/tolerances.md says why.</param>
/// <param name="Build">Adds an input and what reads it.</param>
public sealed record RandomOperator(string Name, int Units, Func<QdqModel, Random, QuantizedValue> Build)
{
    private static readonly string[] ExactFunctions =
        ["Relu", "Sigmoid", "LeakyRelu", "Tanh", "HardSigmoid", "HardSwish", "Abs", "Neg", "Sqrt", "Reciprocal", "Sign", "Floor", "Ceil", "Round", "Softsign", "ThresholdedRelu"];

    private static readonly string[] CloseFunctions = ["Exp", "Log", "Sin", "Cos", "Atan", "Erf", "Softplus", "Elu", "Selu", "Celu"];

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<RandomOperator> All { get; } =
    [
        new("Conv", 0, (m, r) => RandomWindows.Conv(m, r, Grouping.None)),
        new("Conv, groups", 0, (m, r) => RandomWindows.Conv(m, r, Grouping.Some)),
        new("Conv, depthwise", 0, (m, r) => RandomWindows.Conv(m, r, Grouping.Depthwise)),
        new("ConvTranspose", 1, RandomWindows.ConvTranspose),
        .. from op in new[] { "MaxPool", "AveragePool" } select new RandomOperator(op, 0, (m, r) => RandomWindows.Pool(m, r, op)),
        .. from op in new[] { "GlobalMaxPool", "GlobalAveragePool" } select new RandomOperator(op, 0, (m, r) => One(m, r, op, Maps(r))),
        .. from op in new[] { "Add", "Mul", "Sub", "Div", "Min", "Max", "PRelu" } select new RandomOperator(op, 0, (m, r) => Pair(m, r, op)),
        .. from op in ExactFunctions select new RandomOperator(op, 0, (m, r) => One(m, r, op, Any(r))),
        .. from op in CloseFunctions select new RandomOperator(op, 1, (m, r) => One(m, r, op, Any(r))),
        .. from op in new[] { "Add", "Sub", "Mul", "Div", "Min", "Max" } select new RandomOperator($"{op}, constant", 0, (m, r) => Constant(m, r, op)),
        new("Gemm", 0, Gemm),
        new("MatMul, constant", 0, MatMul),
        new("MatMul", 0, Product),
        .. from op in new[] { "ReduceMax", "ReduceMin" } select new RandomOperator(op, 0, (m, r) => Reduce(m, r, op)),
        new("ReduceMean", 1, (m, r) => Reduce(m, r, "ReduceMean")),
        new("Softmax", 0, Softmax),
        .. RandomMoves.All,
    ];

    /// <summary>Input parameters: often powers of two, which put results on ties.</summary>
    internal static QuantizedValue Input(QdqModel model, Random random, DataType type, params long[] extents) =>
        model.Input(type, Scale(random), Zero(random, type), extents);

    internal static DataType Type(Random random) => random.Next(2) == 0 ? DataType.UInt8 : DataType.Int8;

    internal static float Scale(Random random) => random.Next(3) == 0 ? 1f / (1 << random.Next(1, 7)) : 0.004f + (random.NextSingle() * random.NextSingle() * 0.5f);

    internal static int Zero(Random random, DataType type) => random.Next(4) switch
    {
        0 => type == DataType.UInt8 ? 0 : -128,
        1 => type == DataType.UInt8 ? 128 : 0,
        _ => random.Next(256) - (type == DataType.UInt8 ? 0 : 128),
    };

    /// <summary>Equal to a scale, a power of two beside it, or near it.</summary>
    internal static float Beside(Random random, float scale) => random.Next(3) switch
    {
        0 => scale,
        1 => scale * (1 << random.Next(0, 4)) / 4,
        _ => scale * (0.4f + (random.NextSingle() * 2)),
    };

    internal static QuantizedValue Result(QdqModel model, Random random, string op, IEnumerable<object?> operands, QuantizedValue like, AttributeList? attributes = null) =>
        model.Group(op, operands, like.Type, Beside(random, like.Scale), Zero(random, like.Type), attributes);

    /// <summary>Extents of pictures.</summary>
    internal static long[] Maps(Random random) => [random.Next(1, 3), random.Next(1, 20), random.Next(1, 9), random.Next(1, 9)];

    internal static long[] Any(Random random) => [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => (long)random.Next(1, 7))];

    internal static AttributeList Int(string name, long value) => new(new NodeAttribute(name, new AttributeValue.Int(value)));

    internal static ConstantTensor Ints(params long[] values) => ConstantTensor.Of<long>(new Shape(values.Length), values);

    internal static QuantizedConstant Bytes(Random random, DataType type, params long[] extents)
    {
        var bytes = new byte[new Shape(extents).ElementCount];
        random.NextBytes(bytes);
        return new QuantizedConstant(new ConstantTensor(type, new Shape(extents), bytes), [Scale(random)], [Zero(random, type)]);
    }

    private static QuantizedValue One(QdqModel model, Random random, string op, long[] extents)
    {
        var x = Input(model, random, Type(random), extents);
        return Result(model, random, op, [x], x);
    }

    private static QuantizedValue Pair(QdqModel model, Random random, string op)
    {
        var (type, extents) = (Type(random), Any(random));
        var x = Input(model, random, type, extents);
        var other = extents.Select(extent => random.Next(3) == 0 ? 1 : extent).Skip(op == "PRelu" || random.Next(2) == 0 ? random.Next(extents.Length) : 0).ToArray();
        object y = random.Next(3) == 0 ? Bytes(random, type, other) : Input(model, random, type, other);
        return Result(model, random, op, op != "PRelu" && y is QuantizedValue && random.Next(2) == 0 ? [y, x] : [x, y], x);
    }

    private static QuantizedValue Constant(QdqModel model, Random random, string op)
    {
        var x = Input(model, random, Type(random), Any(random));
        // Not 1: ONNX Runtime removes such a node and merges the quantizers around it into one of other parameters.
        var constant = ConstantTensor.Of<float>(Shape.Scalar, Scale(random) * (random.Next(2) == 0 ? 3 : -3));
        return Result(model, random, op, random.Next(2) == 0 ? [x, constant] : [constant, x], x);
    }

    private static QuantizedValue Gemm(QdqModel model, Random random)
    {
        var (depth, outputs, isTransposed) = (random.Next(1, 40), random.Next(1, 30), random.Next(2) == 0);
        var x = Input(model, random, Type(random), random.Next(1, 6), depth);
        var weights = Bytes(random, DataType.Int8, isTransposed ? [outputs, depth] : [depth, outputs]) with { Zeros = [0] };
        var bias = ConstantTensor.Of<int>(new Shape(outputs), [.. Enumerable.Range(0, outputs).Select(_ => random.Next(-9000, 9000))]);
        var operands = new List<object?> { x, weights };
        if (random.Next(2) == 0)
        {
            operands.Add(new QuantizedConstant(bias, [x.Scale * weights.Scales[0]], [0]));
        }

        return model.Group("Gemm", operands, x.Type, x.Scale * weights.Scales[0] * (1 << random.Next(6, 12)), Zero(random, x.Type), Int("transB", isTransposed ? 1 : 0));
    }

    private static QuantizedValue MatMul(QdqModel model, Random random)
    {
        var depth = random.Next(1, 40);
        var x = Input(model, random, Type(random), [.. Any(random).Take(2).Select(extent => extent), random.Next(1, 5), depth]);
        var weights = Bytes(random, DataType.Int8, depth, random.Next(1, 30)) with { Zeros = [0] };
        return model.Group("MatMul", [x, weights], x.Type, x.Scale * weights.Scales[0] * (1 << random.Next(6, 12)), Zero(random, x.Type));
    }

    private static QuantizedValue Product(QdqModel model, Random random)
    {
        var (type, depth, batch) = (Type(random), random.Next(1, 30), Any(random).Take(2).ToArray());
        var x = Input(model, random, type, [.. batch, random.Next(1, 6), depth]);
        var y = Input(model, random, type, [.. random.Next(3) == 0 ? [] : batch, depth, random.Next(1, 20)]);
        return model.Group("MatMul", [x, y], type, x.Scale * y.Scale * (1 << random.Next(6, 12)), Zero(random, type));
    }

    private static QuantizedValue Reduce(QdqModel model, Random random, string op)
    {
        var x = Input(model, random, Type(random), random.Next(2) == 0 ? Maps(random) : Any(random));
        var axes = Enumerable.Range(0, x.Value.Shape.Rank).Where(_ => random.Next(2) == 0).Select(axis => (long)axis).ToArray();
        var attributes = Int("keepdims", random.Next(2));
        return Result(model, random, op, [x], x, axes.Length == 0 ? attributes : attributes.With("axes", new AttributeValue.Ints([.. axes])));
    }

    private static QuantizedValue Softmax(QdqModel model, Random random)
    {
        var x = Input(model, random, Type(random), Any(random));
        var last = x.Value.Shape.Rank - 1;
        // ONNX Runtime's int8 kernel wraps a probability of 1 that does not fit.
        var scale = x.Type == DataType.Int8 ? 1f / random.Next(100, 256) : random.Next(2) == 0 ? 1f / 256 : 1f / random.Next(100, 300);
        return model.Group("Softmax", [x], x.Type, scale, x.Type == DataType.UInt8 ? 0 : -128, Int("axis", last));
    }
}
