using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Testing;

/// <summary>A kind of quantized operator with random extents, parameters and scales.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Build">Adds an input and what reads it.</param>
/// <param name="Opset">The version of ai.onnx that it needs; a model has kinds of one version.</param>
public sealed record RandomOperator(string Name, Func<QdqModel, Random, QuantizedValue> Build, long Opset = 17)
{
    private const long GeluOpset = 20;

    private static readonly string[] ExactFunctions =
        ["Relu", "Sigmoid", "LeakyRelu", "Tanh", "HardSigmoid", "HardSwish", "Abs", "Neg", "Sqrt", "Reciprocal", "Sign", "Floor", "Ceil", "Round", "Softsign", "ThresholdedRelu"];

    private static readonly string[] CloseFunctions = ["Exp", "Log", "Sin", "Cos", "Atan", "Erf", "Softplus", "Elu", "Selu", "Celu"];

    /// <summary>By how many units of the result an accelerator may differ from ONNX Runtime, and why, says docs/npu/tolerances.md.</summary>
    public int Units => NpuTolerances.UnitsOf(Name);

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<RandomOperator> All { get; } =
    [
        new("Conv", (m, r) => RandomWindows.Conv(m, r, Grouping.None)),
        new("Conv, groups", (m, r) => RandomWindows.Conv(m, r, Grouping.Some)),
        new("Conv, depthwise", (m, r) => RandomWindows.Conv(m, r, Grouping.Depthwise)),
        new("ConvTranspose", RandomWindows.ConvTranspose),
        .. from op in new[] { "MaxPool", "AveragePool" } select new RandomOperator(op, (m, r) => RandomWindows.Pool(m, r, op)),
        .. from op in new[] { "GlobalMaxPool", "GlobalAveragePool" } select new RandomOperator(op, (m, r) => One(m, r, op, Maps(r))),
        .. from op in new[] { "Add", "Mul", "Sub", "Div", "Min", "Max", "PRelu" } select new RandomOperator(op, (m, r) => Pair(m, r, op)),
        .. from op in ExactFunctions select new RandomOperator(op, (m, r) => One(m, r, op, Any(r))),
        .. from op in CloseFunctions select new RandomOperator(op, (m, r) => One(m, r, op, Any(r))),
        .. from op in new[] { "Add", "Sub", "Mul", "Div", "Min", "Max" } select new RandomOperator($"{op}, constant", (m, r) => Constant(m, r, op)),
        .. from op in new[] { "Add", "Sub", "Mul", "Div", "Min", "Max", "PRelu" } select new RandomOperator($"{op}, channels", (m, r) => Channels(m, r, op)),
        new("Conv, activation", (m, r) => RandomWindows.Conv(m, r, Grouping.Some, isActivated: true)),
        new("Gemm", (m, r) => Gemm(m, r)),
        new("Gemm, activation", (m, r) => Gemm(m, r, isActivated: true)),
        new("Gemm, two activations", GemmOfTwo),
        new("MatMul, constant", (m, r) => MatMul(m, r)),
        new("MatMul, constant, activation", (m, r) => MatMul(m, r, isActivated: true)),
        new("MatMul", Product),
        .. from op in new[] { "ReduceMax", "ReduceMin" } select new RandomOperator(op, (m, r) => Reduce(m, r, op)),
        new("ReduceMean", (m, r) => Reduce(m, r, "ReduceMean")),
        new("ReduceSum", ReduceSum),
        new("Softmax", Softmax),
        new("Pow", Pow),
        new("Mish", (m, r) => Curve(m, r, "Mish"), GeluOpset),
        new("Gelu", (m, r) => Curve(m, r, "Gelu"), GeluOpset),
        new("Gelu, tanh", (m, r) => Curve(m, r, "Gelu", new AttributeList(new NodeAttribute("approximate", new AttributeValue.Text("tanh"u8.ToArray())))), GeluOpset),
        new("Gelu, com.microsoft", (m, r) => Curve(m, r, "Gelu", domain: "com.microsoft")),
        new("QuickGelu", (m, r) => Curve(m, r, "QuickGelu", new AttributeList(new NodeAttribute("alpha", new AttributeValue.Float(0.5f + (r.NextSingle() * 2)))), "com.microsoft")),
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

    /// <summary>Float constants along one axis, some neighbours alike, perhaps before an activation; PRelu's slopes are always the second operand.</summary>
    private static QuantizedValue Channels(QdqModel model, Random random, string op)
    {
        var extents = random.Next(2) == 0 ? Maps(random) : Any(random);
        var axis = random.Next(extents.Length);
        extents[axis]++;
        var x = Input(model, random, Type(random), extents);
        float[] some = [Scale(random), -Scale(random), 3 * Scale(random), -0.25f];
        long[] shape = [.. extents.Select((extent, i) => i == axis ? extent : 1).Skip(random.Next(axis + 1))];
        var constant = ConstantTensor.Of<float>(new Shape(shape), [.. Enumerable.Range(0, (int)extents[axis]).Select(_ => random.Next(2) == 0 ? some[random.Next(4)] : Scale(random))]);
        object[] operands = op != "PRelu" && random.Next(2) == 0 ? [constant, x] : [x, constant];
        return random.Next(4) == 0 ? Activated(model, random, op, operands, x.Type, Beside(random, x.Scale)) : Result(model, random, op, operands, x);
    }

    /// <summary>Powers that multiply, take roots and divide, and a constant to the power of the operand.</summary>
    private static QuantizedValue Pow(QdqModel model, Random random)
    {
        var x = Input(model, random, Type(random), Any(random));
        float[] some = [2, 3, 0.5f, -1, -0.5f, 4, 1.5f, 0.25f + (random.NextSingle() * 3)];
        var constant = ConstantTensor.Of<float>(Shape.Scalar, some[random.Next(some.Length)]);
        return Result(model, random, "Pow", random.Next(4) == 0 ? [ConstantTensor.Of<float>(Shape.Scalar, 0.5f + (random.NextSingle() * 2)), x] : [x, constant], x);
    }

    private static QuantizedValue Curve(QdqModel model, Random random, string op, AttributeList? attributes = null, string domain = "")
    {
        var x = Input(model, random, Type(random), Any(random));
        return model.Group(op, [x], x.Type, Beside(random, x.Scale), Zero(random, x.Type), attributes, domain: domain);
    }

    /// <summary>Relu, or Clip between two numbers, of a result whose range goes beyond on one side at least.</summary>
    internal static QuantizedValue Activated(
        QdqModel model, Random random, string op, IEnumerable<object?> operands, DataType type, float scale, AttributeList? attributes = null)
    {
        var zero = random.Next(1, 256) - (type == DataType.UInt8 ? 0 : 128);
        if (random.Next(2) == 0)
        {
            return model.Group(op, operands, type, scale, zero, attributes, "Relu");
        }

        var (low, high) = (random.Next(0, 100) * scale * -0.7f, random.Next(1, 100) * scale * 0.9f);
        return model.Group(op, operands, type, scale, zero, attributes, "Clip", bounds: [ConstantTensor.Of<float>(Shape.Scalar, low), ConstantTensor.Of<float>(Shape.Scalar, high)]);
    }

    private static QuantizedValue Gemm(QdqModel model, Random random, bool isActivated = false)
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

        var (scale, attributes) = (x.Scale * weights.Scales[0] * (1 << random.Next(6, 12)), Int("transB", isTransposed ? 1 : 0));
        return isActivated ? Activated(model, random, "Gemm", operands, x.Type, scale, attributes) : model.Group("Gemm", operands, x.Type, scale, Zero(random, x.Type), attributes);
    }

    /// <summary>Turned or not, with small and large biases or none.</summary>
    private static QuantizedValue GemmOfTwo(QdqModel model, Random random)
    {
        var (type, rows, depth, columns, transA, transB) = (Type(random), random.Next(1, 6), random.Next(1, 30), random.Next(1, 20), random.Next(2), random.Next(2));
        var x = Input(model, random, type, transA == 0 ? [rows, depth] : [depth, rows]);
        var y = Input(model, random, type, transB == 0 ? [depth, columns] : [columns, depth]);
        var operands = new List<object?> { x, y };
        if (random.Next(4) > 0)
        {
            var reach = 1 << random.Next(4, 19);
            var bias = ConstantTensor.Of<int>(new Shape(columns), [.. Enumerable.Range(0, columns).Select(_ => random.Next(-reach, reach))]);
            operands.Add(new QuantizedConstant(bias, [x.Scale * y.Scale], [0]));
        }

        return model.Group(
            "Gemm", operands, type, x.Scale * y.Scale * (1 << random.Next(6, 12)), Zero(random, type), Int("transA", transA).With("transB", new AttributeValue.Int(transB)));
    }

    private static QuantizedValue MatMul(QdqModel model, Random random, bool isActivated = false)
    {
        var depth = random.Next(1, 40);
        var x = Input(model, random, Type(random), [.. Any(random).Take(2).Select(extent => extent), random.Next(1, 5), depth]);
        var weights = Bytes(random, DataType.Int8, depth, random.Next(1, 30)) with { Zeros = [0] };
        var scale = x.Scale * weights.Scales[0] * (1 << random.Next(6, 12));
        return isActivated ? Activated(model, random, "MatMul", [x, weights], x.Type, scale) : model.Group("MatMul", [x, weights], x.Type, scale, Zero(random, x.Type));
    }

    /// <summary>Batches that are equal, that broadcast, or that cross: an extent of 1 on either side, leading ones left out.</summary>
    private static QuantizedValue Product(QdqModel model, Random random)
    {
        var (type, depth, batch) = (Type(random), random.Next(1, 30), Any(random).Take(2).ToArray());
        var (first, second) = random.Next(4) == 0 ? (Crossed(random, batch), Crossed(random, batch)) : (batch, random.Next(3) == 0 ? [] : batch);
        var x = Input(model, random, type, [.. first, random.Next(1, 6), depth]);
        var y = Input(model, random, type, [.. second, depth, random.Next(1, 20)]);
        return model.Group("MatMul", [x, y], type, x.Scale * y.Scale * (1 << random.Next(6, 12)), Zero(random, type));
    }

    private static long[] Crossed(Random random, long[] batch) =>
        [.. batch.Select(extent => random.Next(3) == 0 ? 1 : extent).Skip(random.Next(3) == 0 ? 1 : 0)];

    /// <summary>Axes are an operand since version 13; the sum is as wide as the count of what is summed, or overflows.</summary>
    private static QuantizedValue ReduceSum(QdqModel model, Random random)
    {
        var x = Input(model, random, Type(random), random.Next(2) == 0 ? Maps(random) : Any(random));
        var axes = Enumerable.Range(0, x.Value.Shape.Rank).Where(_ => random.Next(2) == 0).Select(axis => (long)axis).DefaultIfEmpty(0).ToArray();
        var count = axes.Aggregate(1L, (product, axis) => product * x.Value.Shape[(int)axis].Value);
        var scale = Beside(random, x.Scale) * (random.Next(3) == 0 ? 1 : MathF.Sqrt(count));
        return model.Group("ReduceSum", [x, Ints(axes)], x.Type, scale, Zero(random, x.Type), Int("keepdims", random.Next(2)));
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
