using EdgeAI.Compiler.Targets.Npu.Lowering;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using Parameters = EdgeAI.Compiler.Targets.Npu.Quantization;

namespace EdgeAI.Sdk.Tests.Targets.Npu;

/// <summary>Each lowering, compiled, run on the simulator and compared with ONNX Runtime bit by bit.</summary>
public sealed class NpuTargetTests
{
    private static readonly NpuConfiguration[] Machines = [NpuConfiguration.Edge1k, NpuRig.Tiny];

    [Test]
    public void Conv_OfEitherType_EqualsOracle(
        [Values(DataType.UInt8, DataType.Int8)] DataType type, [Values] bool perChannel, [Values] bool bias, [ValueSource(nameof(Machines))] NpuConfiguration machine) =>
        Check(type, machine, (model, random, x) => TestUnits.Conv(model, random, x, 20, [3, 3], pads: [1, 1, 1, 1], perChannel: perChannel, bias: bias), 1, 3, 9, 11);

    [Test]
    public void Conv_WithUInt8WeightsAndZeroPoint_EqualsOracle([ValueSource(nameof(Machines))] NpuConfiguration machine) =>
        Check(DataType.UInt8, machine, (model, random, x) => TestUnits.Conv(model, random, x, 17, [3, 3], pads: [1, 1, 1, 1], perChannel: false, weightType: DataType.UInt8), 1, 5, 9, 11);

    [TestCase("kernel 1", 8, 16, new long[] { 1, 1 }, null, null, null, 1)]
    [TestCase("stride 2", 7, 33, new long[] { 3, 3 }, new long[] { 1, 1, 1, 1 }, new long[] { 2, 2 }, null, 1)]
    [TestCase("asymmetric pads", 4, 5, new long[] { 2, 4 }, new long[] { 0, 3, 1, 1 }, new long[] { 1, 3 }, null, 1)]
    [TestCase("dilation", 3, 18, new long[] { 3, 2 }, new long[] { 2, 1, 2, 1 }, null, new long[] { 2, 3 }, 1)]
    [TestCase("depthwise", 40, 40, new long[] { 3, 3 }, new long[] { 1, 1, 1, 1 }, null, null, 40)]
    [TestCase("depthwise, stride 2, 5x5", 24, 24, new long[] { 5, 5 }, new long[] { 2, 2, 2, 2 }, new long[] { 2, 2 }, null, 24)]
    [TestCase("channel multiplier", 6, 18, new long[] { 3, 3 }, new long[] { 1, 1, 1, 1 }, null, null, 6)]
    [TestCase("groups", 12, 20, new long[] { 3, 3 }, new long[] { 1, 1, 1, 1 }, null, null, 4)]
    [TestCase("two wide groups", 64, 80, new long[] { 3, 3 }, null, null, null, 2)]
    [TestCase("whole map", 5, 7, new long[] { 13, 14 }, null, null, null, 1)]
    [TestCase("deep", 200, 48, new long[] { 3, 3 }, new long[] { 1, 1, 1, 1 }, null, null, 1)]
    public void Conv_OfForm_EqualsOracle(string name, int inputs, int outputs, long[] kernel, long[]? pads, long[]? strides, long[]? dilations, int groups)
    {
        foreach (var machine in Machines.Where(machine => machine.SramBytes > 24 * kernel.Aggregate((long)inputs / groups, (a, b) => a * b)))
        {
            Check(DataType.UInt8, machine, (model, random, x) => TestUnits.Conv(model, random, x, outputs, kernel, pads, strides, dilations, groups), 1, inputs, 13, 14);
        }
    }

    [Test]
    public void Conv_WithAutoPad_EqualsOracle([Values("SAME_UPPER", "SAME_LOWER", "VALID")] string autoPad, [Values(1, 2)] int stride) =>
        Check(DataType.Int8, NpuRig.Tiny, (model, random, x) => TestUnits.Conv(model, random, x, 9, [3, 4], strides: [stride, stride], autoPad: autoPad), 1, 6, 10, 11);

    [Test]
    public void Conv_OverOneAxis_EqualsOracle([ValueSource(nameof(Machines))] NpuConfiguration machine) =>
        Check(DataType.UInt8, machine, (model, random, x) => TestUnits.Conv(model, random, x, 24, [5], pads: [2, 2], strides: [2]), 1, 12, 101);

    [Test]
    public void Conv_OfABatch_EqualsOracle([ValueSource(nameof(Machines))] NpuConfiguration machine) =>
        Check(DataType.UInt8, machine, (model, random, x) => TestUnits.Conv(model, random, x, 24, [3, 3], pads: [1, 1, 1, 1]), 3, 12, 17, 15);

    [Test]
    public void Conv_WithImpliedActivation_EqualsOracle([Values("Relu", null)] string? activation) =>
        Check(DataType.UInt8, NpuConfiguration.Edge1k, (model, random, x) => TestUnits.Conv(model, random, x, 24, [3, 3], activation: activation, outputZero: 0), 1, 12, 9, 9);

    [Test]
    public void Conv_WithTies_RoundsHalfToEven() =>
        Check(DataType.Int8, NpuConfiguration.Edge1k, (model, random, x) => TestUnits.Conv(model, random, x with { Scale = 0.5f }, 16, [1, 1], bias: false, perChannel: false, outputScale: 2f, outputZero: 1), 1, 1, 16, 16);

    [TestCase(1, 1280, 1000)]
    [TestCase(5, 37, 19)]
    [TestCase(1, 3000, 16)]
    public void Gemm_EqualsOracle(int rows, int depth, int outputs)
    {
        foreach (var machine in Machines.Where(machine => depth * 16 * 1.1 < machine.SramBytes))
        {
            Check(DataType.UInt8, machine, (model, random, x) => TestUnits.Gemm(model, random, x, outputs), rows, depth);
        }
    }

    [Test]
    public void Gemm_OfTwoActivationsAndBias_EqualsOracle(
        [Values(DataType.UInt8, DataType.Int8)] DataType type, [Values(30, 30_000, 1_500_000)] int reach, [Values] bool isTurned, [ValueSource(nameof(Machines))] NpuConfiguration machine)
    {
        var (model, random) = (new QdqModel(), new Random(reach));
        var a = model.Input(type, 0.05f, type == DataType.UInt8 ? 120 : -3, isTurned ? [37, 29] : [29, 37]);
        var b = model.Input(type, 0.02f, type == DataType.UInt8 ? 7 : -128, isTurned ? [61, 37] : [37, 61]);
        var bias = ConstantTensor.Of<int>(new Shape(61), [.. Enumerable.Range(0, 61).Select(_ => random.Next(-reach, reach))]);
        var attributes = new AttributeList(new NodeAttribute("transA", new AttributeValue.Int(isTurned ? 1 : 0)), new NodeAttribute("transB", new AttributeValue.Int(isTurned ? 1 : 0)));
        model.Output(model.Group("Gemm", [a, b, new QuantizedConstant(bias, [a.Scale * b.Scale], [0])], type, reach > 100_000 ? 20 : 1.5f, type == DataType.UInt8 ? 100 : 0, attributes));
        NpuRig.AssertEqualToOracle(model, machine, seed: 8);
    }

    /// <summary>Every bias that is not refused is the sum of the products.</summary>
    [Test]
    public void BiasRows_MakeUpTheBias([Range(1, 8)] int seed)
    {
        var (random, made) = (new Random(seed), 0);
        for (var i = 0; i < 500; i++)
        {
            var (a, b) = (Any(), Any());
            int[] bias = [.. Enumerable.Range(0, 5).Select(_ => random.Next(-(1 << (i % 22)), 1 << (i % 22)))];
            if (BiasRows.Of(bias, a, b) is not { } rows)
            {
                Assert.That(a.ZeroPoint - a.Minimum is 0 or 255 && b.ZeroPoint - b.Minimum is 0 or 255, $"{a}, {b} refused");
                continue;
            }

            made++;
            var sums = bias.Select((_, n) => rows.Columns.Select((column, j) => (Real(a, column) - a.ZeroPoint) * (Real(b, rows.Digits[(j * bias.Length) + n]) - b.ZeroPoint)).Sum());
            Assert.That(sums, Is.EqualTo(bias), $"{a}, {b}");
        }

        Assert.That(made, Is.GreaterThan(350));

        static int Real(Parameters parameters, byte raw) => parameters.IsSigned ? (sbyte)raw : raw;

        Parameters Any()
        {
            var type = random.Next(2) == 0 ? DataType.UInt8 : DataType.Int8;
            return new(type, 0.1f, (random.Next(4) == 0 ? 255 * random.Next(2) : random.Next(90, 160)) - (type == DataType.UInt8 ? 0 : 128));
        }
    }

    [TestCase(new long[] { 7, 24 })]
    [TestCase(new long[] { 2, 9, 24 })]
    [TestCase(new long[] { 2, 3, 5, 24 })]
    public void MatMul_WithConstant_EqualsOracle(long[] extents) =>
        Check(DataType.Int8, NpuRig.Tiny, (model, random, x) => TestUnits.MatMul(model, random, x, 40), extents);

    [Test]
    public void AddAndMul_OfTwoInputs_EqualOracle(
        [Values("Add", "Mul")] string op, [Values(DataType.UInt8, DataType.Int8)] DataType type, [Values(1f, 0.7f)] float ratio, [ValueSource(nameof(Machines))] NpuConfiguration machine)
    {
        var model = new QdqModel();
        var a = model.Input(type, 0.05f, type == DataType.UInt8 ? 120 : -3, 1, 13, 17, 19);
        var b = model.Input(type, 0.05f * ratio, type == DataType.UInt8 ? 100 : 4, 1, 13, 17, 19);
        model.Output(model.Group(op, [a, b], type, op == "Add" ? 0.1f * ratio : 0.2f, type == DataType.UInt8 ? 128 : 0));
        NpuRig.AssertEqualToOracle(model, machine, seed: 5);
    }

    [TestCase(new long[] { 1, 6, 5, 7 }, new long[] { 1, 6, 1, 1 })]
    [TestCase(new long[] { 1, 6, 5, 7 }, new long[] { 1, 1, 5, 7 })]
    [TestCase(new long[] { 1, 6, 1, 7 }, new long[] { 1, 6, 5, 1 })]
    [TestCase(new long[] { 2, 6, 5, 7 }, new long[] { 1, 6, 5, 7 })]
    [TestCase(new long[] { 4, 9 }, new long[] { 9 })]
    [TestCase(new long[] { 1, 6, 5, 7 }, new long[] { 1 })]
    public void AddAndMul_Broadcast_EqualOracle(long[] first, long[] second)
    {
        foreach (var op in (string[])["Add", "Mul"])
        {
            var model = new QdqModel();
            var a = model.Input(DataType.UInt8, 0.05f, 120, first);
            var b = model.Input(DataType.UInt8, 0.03f, 90, second);
            model.Output(model.Group(op, [a, b], DataType.UInt8, 0.09f, 128));
            NpuRig.AssertEqualToOracle(model, NpuRig.Tiny, seed: 6);
        }
    }

    [Test]
    public void Add_OfConvolutionsAndConstant_EqualsOracle([ValueSource(nameof(Machines))] NpuConfiguration machine) =>
        Check(DataType.UInt8, machine, (model, random, x) =>
        {
            var left = TestUnits.Conv(model, random, x, 16, [3, 3], pads: [1, 1, 1, 1]);
            var right = TestUnits.Conv(model, random, left, 16, [1, 1]);
            var sum = model.Group("Add", [left, right], DataType.UInt8, left.Scale * 1.5f, 125);
            var bytes = new byte[16];
            random.NextBytes(bytes);
            return model.Group("Mul", [sum, new QuantizedConstant(new ConstantTensor(DataType.UInt8, new Shape(1, 16, 1, 1), bytes), [0.01f], [3])], DataType.UInt8, sum.Scale, 120);
        }, 1, 8, 12, 12);

    /// <summary>Behind a convolution, whose channels lie innermost, and before one.</summary>
    [Test]
    public void PRelu_WithASlopePerChannel_EqualsOracle(
        [Values(DataType.UInt8, DataType.Int8)] DataType type, [Values(1, 2)] int batch, [Values(null, "Relu")] string? activation, [ValueSource(nameof(Machines))] NpuConfiguration machine) =>
        Check(type, machine, (model, random, x) =>
        {
            var slopes = ConstantTensor.Of<float>(new Shape(18, 1, 1), [.. Enumerable.Range(0, 18).Select(i => i < 4 ? 0.25f : (i - 9) / 11f)]);
            var features = TestUnits.Conv(model, random, x, 18, [3, 3], pads: [1, 1, 1, 1]);
            var bent = model.Group("PRelu", [features, slopes], type, features.Scale * 0.7f, features.ZeroPoint + 5, activation: activation);
            ShapeInference.Infer(model.Model);
            return TestUnits.Conv(model, random, bent, 7, [1, 1]);
        }, batch, 5, 11, 13);

    [Test]
    public void Pools_EqualOracle(
        [Values(DataType.UInt8, DataType.Int8)] DataType type, [Values("MaxPool", "AveragePool", "AveragePool counting padding")] string kind, [Values(0, 1)] int pad, [Values(1, 2)] int stride, [Values] bool ceil)
    {
        var (op, countPadding) = (kind.Split(' ')[0], kind.Contains(' ', StringComparison.Ordinal) ? 1 : 0);
        var attributes = TestUnits.Attributes(("kernel_shape", [3, 3]), ("strides", [stride, stride]), ("pads", [pad, pad, pad, pad]))
            .With("ceil_mode", new AttributeValue.Int(ceil ? 1 : 0));
        attributes = op == "AveragePool" ? attributes.With("count_include_pad", new AttributeValue.Int(countPadding)) : attributes;
        foreach (var machine in Machines)
        {
            Check(type, machine, (model, _, x) => op == "MaxPool"
                ? model.Group(op, [x], x.Type, x.Scale, x.ZeroPoint, attributes)
                : model.Group(op, [x], x.Type, x.Scale * 0.8f, x.ZeroPoint + 1, attributes), 1, 70, 12, 12);
        }
    }

    [Test]
    public void AveragePool_OfEqualScales_EqualsOracle([Values(DataType.UInt8, DataType.Int8)] DataType type) =>
        Check(type, NpuConfiguration.Edge1k, (model, _, x) =>
            model.Group("AveragePool", [x], type, x.Scale, x.ZeroPoint, TestUnits.Attributes(("kernel_shape", [2, 2]), ("strides", [2, 2]))), 1, 40, 16, 16);

    [Test]
    public void GlobalAveragePool_EqualsOracle([Values(1f, 0.6f)] float ratio, [Values(DataType.UInt8, DataType.Int8)] DataType type) =>
        Check(type, NpuRig.Tiny, (model, _, x) => model.Group("GlobalAveragePool", [x], type, x.Scale * ratio, x.ZeroPoint), 1, 90, 8, 8);

    [Test]
    public void MaxPool_OnPlainIntegers_EqualsOracle([Values(DataType.UInt8, DataType.Int8)] DataType type) =>
        Check(type, NpuRig.Tiny, (model, _, x) => model.Plain("MaxPool", x, TestUnits.Attributes(("kernel_shape", [2, 2]), ("strides", [2, 2]))), 1, 9, 12, 12);

    [Test]
    public void Concat_EqualsOracle([Values(1, 2, 3, -1)] int axis, [Values(1f, 0.5f)] float ratio)
    {
        var model = new QdqModel();
        var a = model.Input(DataType.UInt8, 0.05f, 120, 1, 6, 7, 5);
        var b = model.Input(DataType.UInt8, 0.05f * ratio, 120, 1, 6, 7, 5);
        var attributes = new AttributeList(new NodeAttribute("axis", new AttributeValue.Int(axis)));
        model.Output(model.Group("Concat", [a, b, a], DataType.UInt8, 0.05f, 120, attributes));
        NpuRig.AssertEqualToOracle(model, NpuRig.Tiny, seed: 8);
    }

    [Test]
    public void Concat_OfConvolutions_EqualsOracle([ValueSource(nameof(Machines))] NpuConfiguration machine) =>
        Check(DataType.UInt8, machine, (model, random, x) =>
        {
            var (a, b) = (TestUnits.Conv(model, random, x, 7, [1, 1]), TestUnits.Conv(model, random, x, 9, [3, 3], pads: [1, 1, 1, 1]));
            var joined = model.Group("Concat", [a, b], DataType.UInt8, a.Scale, a.ZeroPoint, new AttributeList(new NodeAttribute("axis", new AttributeValue.Int(1))));
            return TestUnits.Conv(model, random, Infer(model, joined), 12, [3, 3]);
        }, 1, 4, 9, 9);

    [Test]
    public void FlattenThenGemm_EqualsOracle([ValueSource(nameof(Machines))] NpuConfiguration machine) =>
        Check(DataType.UInt8, machine, (model, random, x) =>
        {
            var map = TestUnits.Conv(model, random, x, 10, [3, 3]);
            return TestUnits.Gemm(model, random, Infer(model, model.Group("Flatten", [map], DataType.UInt8, map.Scale, map.ZeroPoint)), 11);
        }, 2, 4, 6, 5);

    [TestCase(new long[] { 0, 2, 3, 1 })]
    [TestCase(new long[] { 0, 1, 3, 2 })]
    [TestCase(new long[] { 3, 2, 1, 0 })]
    public void Transpose_EqualsOracle(long[] permutation) =>
        Check(DataType.Int8, NpuRig.Tiny, (model, _, x) => model.Plain("Transpose", x, TestUnits.Attributes(("perm", permutation))), 2, 5, 6, 7);

    [Test]
    public void Table_OfAll256Values_EqualsOracle(
        [Values("Relu", "Clip", "LeakyRelu", "Sigmoid", "Tanh", "HardSigmoid", "HardSwish", "Abs", "Neg", "Sqrt")] string op, [Values(DataType.UInt8, DataType.Int8)] DataType type)
    {
        foreach (var scale in (float[])[0.004f, 0.0171f, 0.05f, 0.11f])
        {
            var model = new QdqModel();
            var x = model.Input(type, scale, type == DataType.UInt8 ? op == "Sqrt" ? 0 : 120 : op == "Sqrt" ? -128 : 3, 1, 256, 12);
            object?[] operands = op == "Clip" ? [x, ConstantTensor.Of<float>(Shape.Scalar, -0.7f), ConstantTensor.Of<float>(Shape.Scalar, 0.9f)] : [x];
            var output = op is "Sigmoid" or "Tanh" or "HardSigmoid" ? 0.004f : scale * 0.7f;
            model.Output(model.Group(op, operands, type, output, type == DataType.UInt8 ? 33 : -7));
            NpuRig.AssertEqualToOracle(model, NpuRig.Tiny, seed: 9);
        }
    }

    private static QuantizedValue Infer(QdqModel model, QuantizedValue value)
    {
        ShapeInference.Infer(model.Model);
        return value;
    }

    private static void Check(DataType type, NpuConfiguration machine, Func<QdqModel, Random, QuantizedValue, QuantizedValue> build, params long[] extents)
    {
        var model = new QdqModel();
        var x = model.Input(type, 0.05f, type == DataType.UInt8 ? 120 : -3, extents);
        model.Output(build(model, new Random(3), x));
        NpuRig.AssertEqualToOracle(model, machine, seed: 1);
    }
}
