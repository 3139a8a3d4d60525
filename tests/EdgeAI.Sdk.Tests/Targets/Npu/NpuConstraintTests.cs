using EdgeAI.Compiler;
using EdgeAI.Compiler.Targets.Npu;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;

namespace EdgeAI.Sdk.Tests.Targets.Npu;

/// <summary>Each no of the NPU, with its name and text.</summary>
public sealed class NpuConstraintTests
{
    [Test]
    public void Constraints_AreNamedOnceEachAndDescribed()
    {
        var constraints = new NpuTarget(NpuConfiguration.Edge1k).Constraints;
        Assert.That(constraints.Select(constraint => constraint.Name), Is.Unique);
        Assert.That(constraints, Has.All.Matches<Constraint>(constraint => constraint!.Description.Length > 20));
    }

    [Test]
    public void Check_OperatorThatIsNotThere_IsRefused() =>
        Refuse("operator", "is not an operator of the NPU", (model, _, x) => model.Group("Hardmax", [x], x.Type, 0.1f, 100));

    [Test]
    public void Check_FloatOperator_IsRefused()
    {
        var model = new QdqModel();
        var x = model.Graph.AddValue("x", new TensorType(DataType.Float32, new Shape(1, 3, 4, 4)));
        model.Graph.AddInput(x);
        model.Graph.AddOutput(model.Node("Add", [x, x]));
        Expect(model, "quantized", "not between DequantizeLinear and QuantizeLinear");
    }

    [Test]
    public void Check_ShapeWithAName_IsRefused()
    {
        var model = new QdqModel();
        var x = model.Input(DataType.UInt8, 0.1f, 3, 1, 4, 4);
        x.Value.Type = new TensorType(DataType.UInt8, new Shape((System.Collections.Immutable.ImmutableArray<Dimension>)[Dimension.Named("batch"), Dimension.Of(4), Dimension.Of(4)]));
        model.Graph.Inputs[0].Type = new TensorType(DataType.Float32, x.Value.Shape);
        model.Output(model.Group("MaxPool", [x], x.Type, x.Scale, x.ZeroPoint, TestUnits.Attributes(("kernel_shape", [1]))));
        var unit = NpuRig.Group(model).First(group => group.Anchor.OpType == "MaxPool");
        var refusal = new NpuTarget(NpuConfiguration.Edge1k).Check(unit);
        Assert.That(refusal!.Constraint, Is.EqualTo("static-shape"));
        Assert.That(refusal.Reason, Does.Contain("[batch,4,4]"));
    }

    [Test]
    public void Check_ReluThatTheRangeDoesNotImply_IsRefused() =>
        Refuse("activation-fused", "ONNX Runtime computes in float", (model, _, x) => model.Group("GlobalAveragePool", [x], x.Type, 0.05f, 100, activation: "Relu"));

    [Test]
    public void Check_WeightsThatAreNoConstant_AreRefused() =>
        Refuse("operator-form", "expected a constant of Int8 or UInt8", (model, _, x) => model.Group("Conv", [x, x], x.Type, 0.1f, 100));

    [Test]
    public void Check_BiasInFloat_IsRefused() =>
        Refuse("operator-form", "is not quantized", (model, random, x) => model.Group(
            "Conv",
            [x, new QuantizedConstant(new ConstantTensor(DataType.Int8, new Shape(2, 3, 1, 1), new byte[6]), [0.1f], [0]), ConstantTensor.Of<float>(new Shape(2), 1, 2)],
            x.Type, 0.1f, 100));

    [Test]
    public void Check_TypesThatDiffer_AreRefused() =>
        Refuse("operator-form", "expected one", (model, random, x) => model.Group("GlobalAveragePool", [x], DataType.Int8, 0.1f, 0));

    [Test]
    public void Check_ConvolutionOverThreeAxes_IsRefused() =>
        Refuse("operator-form", "3 spatial axes", (model, random, x) => TestUnits.Conv(model, random, x, 4, [1, 1, 1]), 1, 3, 4, 4, 4);

    [TestCase(2, 1, 1, 2)]
    [TestCase(2, 1, 2)]
    [TestCase(2, 3, 1, 3)]
    [TestCase(2, 2, 2, 1)]
    public void Check_ProductOfCrossedBatches_IsRefused(int outer, int inner, params int[] others) =>
        Refuse("operator-form", "expected equal ones, or one matrix for all", (model, _, x) => model.Group(
            "MatMul", [x, model.Input(x.Type, 0.03f, 100, [.. others.Select(other => (long)other), 5, 6])], x.Type, 0.1f, 100), outer, inner, 4, 5);

    [Test]
    public void Check_OperandsThatAreNotQuantized_AreRefused()
    {
        var real = ConstantTensor.Of<float>(new Shape(8), new float[8]);
        Refuse("operator-form", "3 operands, 1 of them quantized; expected two 8-bit operands", (model, _, x) => model.Group("Max", [x, real, real], x.Type, 0.1f, 100));
    }

    /// <summary>Differences from a zero point of 0 are never negative, so their products make up no negative bias; large ones take too many.</summary>
    [TestCase(0, 0, -1)]
    [TestCase(128, 128, 1 << 30)]
    public void Check_GemmOfTwoActivationsWithABiasOutOfReach_IsRefused(int zeroA, int zeroB, int bias) =>
        RefuseGemm("cannot make up; expected a smaller one, or other zero points", zeroA, zeroB, new QuantizedConstant(ConstantTensor.Of<int>(new Shape(3), 1, bias, 2), [0.005f], [0]));

    [Test]
    public void Check_GemmOfTwoActivationsWithABiasPerRow_IsRefused() =>
        RefuseGemm("expected a constant Int32[3]", 120, 120, new QuantizedConstant(ConstantTensor.Of<int>(new Shape(3, 1), 1, 2, 3), [0.005f], [0]));

    [Test]
    public void Check_GemmOfTwoActivationsWithAFloatBias_IsRefused() =>
        RefuseGemm("is not quantized; expected a constant of Int32", 120, 120, ConstantTensor.Of<float>(new Shape(3), 1, 2, 3));

    private static void RefuseGemm(string text, int zeroA, int zeroB, object bias)
    {
        var model = new QdqModel();
        var (a, b) = (model.Input(DataType.UInt8, 0.05f, zeroA, 3, 5), model.Input(DataType.UInt8, 0.1f, zeroB, 5, 3));
        model.Output(model.Group("Gemm", [a, b, bias], DataType.UInt8, 1, 100));
        Expect(model, "operator-form", text);
    }

    [TestCase(8, 8)]
    [TestCase(3, 1, 8)]
    [TestCase(2, 1, 1, 1)]
    [TestCase(3, 1, 1, 1, 1)]
    public void Check_ConstantsAlongOtherThanOneAxis_AreRefused(params int[] extents)
    {
        var shape = new Shape([.. extents.Select(extent => (long)extent)]);
        Refuse("operator-form", "expected some that vary along one of its axes", (model, _, x) => model.Group("Add", [x, ConstantTensor.Of<float>(shape, new float[shape.ElementCount])], x.Type, 0.1f, 100));
    }

    [Test]
    public void Check_SlopesOfManyChannels_AreRefused()
    {
        var slopes = ConstantTensor.Of<float>(new Shape(1025, 1, 1), [.. Enumerable.Range(1, 1025).Select(i => i / 2048f)]);
        Refuse("operator-form", "1025 constants that differ from the one before; expected at most 1024", (model, _, x) => model.Group("PRelu", [x, slopes], x.Type, 0.1f, 100), 1, 1025, 2, 2);
    }

    [TestCase("ArgMax")]
    [TestCase("ArgMin")]
    public void Check_IndexOperator_IsRefusedByName(string op)
    {
        var model = new QdqModel();
        var x = model.Input(DataType.UInt8, 0.05f, 120, 1, 3, 8, 8);
        model.Graph.AddOutput(model.Node(op, [model.Dequantized(x)], new AttributeList(new NodeAttribute("axis", new AttributeValue.Int(1)))));
        Expect(model, "index-result", "gives int64 indices; expected results of 8 bits");
    }

    [Test]
    public void Check_TransposeOfManyLoops_NamesTheCopies() =>
        Refuse("commands", "copies; expected at most 4096", (model, _, x) => model.Group("Transpose", [x], x.Type, x.Scale, x.ZeroPoint, TestUnits.Attributes(("perm", [5, 4, 3, 2, 1, 0]))), 2, 3, 2, 3, 91, 90);

    [Test]
    public void Check_SliceOfOneElementByAHugeStep_IsTaken()
    {
        var model = new QdqModel();
        var x = model.Input(DataType.UInt8, 0.1f, 3, 1, 3, 4, 4);
        var bounds = new long[] { 1, 4, 2, int.MaxValue }.Select(value => (object?)ConstantTensor.Of<long>(new Shape(1), value));
        model.Output(model.Group("Slice", [x, .. bounds], x.Type, x.Scale, x.ZeroPoint));
        Assert.That(NpuRig.Inner(model).Units.Select(new NpuTarget(NpuConfiguration.Edge1k).Check), Is.All.Null);
    }

    [Test]
    public void Check_GatherWithIndicesOfTheRun_IsRefused()
    {
        var model = new QdqModel();
        var indices = model.Graph.AddValue("indices", new TensorType(DataType.Int64, new Shape(2)));
        model.Graph.AddInput(indices);
        var x = model.Input(DataType.UInt8, 0.1f, 3, 1, 3, 4, 4);
        model.Output(x with { Value = model.Node("Gather", [x.Value, indices]) });
        Expect(model, "operator-form", "indices are computed at run time");
    }

    [Test]
    public void Check_KernelThatDoesNotFit_NamesBytes()
    {
        var machine = NpuConfiguration.Micro128 with { SramBytes = 4096 };
        Refuse("sram-fit", "the SRAM has 4096", (model, random, x) => TestUnits.Conv(model, random, x, 16, [16, 16]), machine, 1, 8, 20, 20);
    }

    [Test]
    public void Compile_RefusedUnit_IsAFailureThatNamesIt()
    {
        var model = new QdqModel();
        var x = model.Input(DataType.UInt8, 0.1f, 3, 1, 3, 4, 4);
        model.Output(model.Group("Hardmax", [x], x.Type, 0.1f, 100));
        var result = new NpuTarget(NpuConfiguration.Edge1k).Compile(NpuRig.Inner(model));
        Assert.That(result, Is.InstanceOf<CompileFailure>());
        Assert.That(((CompileFailure)result).Unit.Anchor.OpType, Is.EqualTo("Hardmax"));
        Assert.That(((CompileFailure)result).Refusal.Constraint, Is.EqualTo("operator"));
    }

    private static void Refuse(string constraint, string text, Func<QdqModel, Random, QuantizedValue, QuantizedValue> build, params long[] extents) =>
        Refuse(constraint, text, build, NpuConfiguration.Edge1k, extents.Length == 0 ? [1, 3, 8, 8] : extents);

    private static void Refuse(
        string constraint, string text, Func<QdqModel, Random, QuantizedValue, QuantizedValue> build, NpuConfiguration machine, params long[] extents)
    {
        var model = new QdqModel();
        var x = model.Input(DataType.UInt8, 0.05f, 120, extents);
        model.Output(build(model, new Random(1), x));
        Expect(model, constraint, text, machine);
    }

    private static void Expect(QdqModel model, string constraint, string text, NpuConfiguration? machine = null)
    {
        var target = new NpuTarget(machine ?? NpuConfiguration.Edge1k);
        var refusals = NpuRig.Inner(model).Units.Select(target.Check).OfType<Refusal>().ToList();
        Assert.That(refusals, Has.Count.EqualTo(1));
        Assert.That(refusals[0].Constraint, Is.EqualTo(constraint), refusals[0].Reason);
        Assert.That(refusals[0].Reason, Does.Contain(text));
    }
}
