using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;
using EdgeAI.Sdk.Tests.Graph;
using EdgeAI.Sdk.Tests.Functions;

namespace EdgeAI.Sdk.Tests.Upgrades;

/// <summary>What an upgrade leaves, refuses and says; and that damaged models end in typed errors.</summary>
public sealed class ModelUpgradeTests
{
    [Test]
    public void Run_SoundModelOfVersion7_StaysAsItIs()
    {
        var test = new TestGraph(7);
        test.Model.IrVersion = 3;
        test.Output(test.Node("Add", "", test.Input("f32[2,3]"), test.Input("f32[3]")));
        var before = OnnxWriter.ToBytes(test.Model);
        Assert.That(ModelUpgrade.Run(test.Model), Is.Empty);
        Assert.That(OnnxWriter.ToBytes(test.Model), Is.EqualTo(before));
    }

    [Test]
    public void Run_FixedGammaOfAFedScale_IsOneInTheRun()
    {
        var (old, current) = (FixedGamma(new TestGraph(9), 3, isFixed: true), FixedGamma(new TestGraph(9), 3, isFixed: false));
        ModelUpgrade.Run(old.Model);
        OldModel.AssertEqual(OldModel.Run(old.Model), OldModel.RunAsIs(current.Model)!.Value, "fix_gamma");
    }

    [Test]
    public void Run_FixedGammaOfAHugeFedScale_AsksForNoMemory()
    {
        var test = FixedGamma(new TestGraph(9), 100_000_000, isFixed: true);
        var before = GC.GetAllocatedBytesForCurrentThread();
        ModelUpgrade.Run(test.Model);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(16 << 20), "of 400 MB that the ones would have");
    }

    private static TestGraph FixedGamma(TestGraph test, long channels, bool isFixed)
    {
        var x = test.Input($"f32[2,{channels},4,4]");
        var scale = test.Input($"f32[{channels}]");
        var (bias, mean, variance) = (test.Input($"f32[{channels}]"), test.Input($"f32[{channels}]"), test.Node("Abs", "", test.Input($"f32[{channels}]")));
        test.Output(test.Node("BatchNormalization", isFixed ? "fix_gamma=1" : "", x, isFixed ? scale : test.Vector(1f, 1f, 1f), bias, mean, variance));
        return test;
    }

    [Test]
    public void Run_OldModel_GetsACurrentFormatAndOperatorSet()
    {
        var test = new TestGraph(1);
        test.Model.IrVersion = 1;
        test.Output(test.Node("Relu", "consumed_inputs=[0]", test.Input("f32[2]")));
        var applied = ModelUpgrade.Run(test.Model);
        Assert.That(test.Model.Opset(""), Is.EqualTo(ModelUpgrade.CurrentOpset));
        Assert.That(test.Model.IrVersion, Is.EqualTo(8));
        Assert.That(applied.Single().ToString(), Is.EqualTo("consumed-inputs ×1"));
        Assert.That(applied.Single().Places, Is.EqualTo(new[] { "Relu_1" }));
    }

    /// <summary>The operator set itself is what ONNX Runtime refuses here: Mul of version 6 without attributes means the same in 17.</summary>
    [Test]
    public void Load_OldModelWhoseNodesStayAsTheyAre_IsHandedOverLifted()
    {
        var test = new TestGraph(6);
        test.Output(test.Node("Mul", "", test.Input("f32[2]"), test.Input("f32[2]")));
        Assert.That(OldModel.RunAsIs(test.Model), Is.Null);
        using var file = new TemporaryModel(OnnxWriter.ToBytes(test.Model));
        using var runtime = EdgeRuntime.Create();
        using var model = runtime.Load(file.Path);
        Assert.That(model.Plan.Report.Notes, Has.Some.Contains("from ai.onnx 6 to 17: no node changed"));
        Assert.That(model.Run([EdgeTensor.Of<float>([1f, 2f], 2), EdgeTensor.Of<float>([3f, 4f], 2)]).AsSpan<float>().ToArray(), Is.EqualTo(new[] { 3f, 8f }));
    }

    [Test]
    public void Run_OldNodesInsideABranch_AreLiftedWithTheTypesAroundThem()
    {
        var test = new TestGraph(6);
        var (x, condition) = (test.Input("f32[2,3,4]"), test.Input("bool[]"));
        var sum = test.Node("Sum", "", x, x);
        test.Output(FunctionModel.If(test, condition, inner => inner.Node("Add", "broadcast=1 axis=1", sum, test.Vector(1f, 2f, 3f)), inner => inner.Node("Neg", "", sum)));
        ModelUpgrade.Run(test.Model);
        var current = new TestGraph(17);
        var (y, yes) = (current.Input("f32[2,3,4]"), current.Input("bool[]"));
        var twice = current.Node("Sum", "", y, y);
        current.Output(FunctionModel.If(current, yes, inner => inner.Node("Add", "", twice, current.Constant(new Shape(3, 1), 1f, 2f, 3f)), inner => inner.Node("Neg", "", twice)));
        OldModel.AssertEqual(OldModel.Run(test.Model), OldModel.Run(current.Model), "branch");
    }

    [TestCase("ATen", "", 1, "f32[2]", "no-equal", "no equal")]
    [TestCase("GRUUnit", "", 1, "f32[2]", "no-equal", "no equal")]
    [TestCase("Split", "", 1, "f32[2]", "split-sizes", "'axis' is missing")]
    [TestCase("LpPool", "p=1.5 kernel_shape=[1]", 1, "f32[1,1,2]", "pool-norm", "whole number")]
    [TestCase("Cast", "to=NUMBER", 1, "f32[2]", "cast-type", "'NUMBER'")]
    [TestCase("Tile", "", 1, "f32[2] f32[] f32[]", "tile-repeats", "computed in the run")]
    [TestCase("Tile", "", 1, "f32[2] f32=2! f32=5!", "tile-repeats", "outside")]
    [TestCase("Add", "broadcast=1 axis=2", 6, "f32[2,3] f32[3,4]", "broadcast-axis", "does not fit")]
    [TestCase("Add", "broadcast=1 axis=0", 6, "f32? f32[3]", "broadcast-axis", "rank")]
    [TestCase("Crop", "border=[1]", 1, "f32[1,1,2,2]", "crop-slice", "four numbers")]
    [TestCase("GivenTensorFill", "values=[1.0,2.0] shape=[9]", 1, "", "given-tensor-constant", "expected as many")]
    [TestCase("Slice", "starts=[1]", 6, "f32[2]", "slice-operands", "'ends' is missing")]
    public void Run_NodeWithoutAnEqual_IsRefusedByRuleAndNode(string opType, string attributes, int opset, string operands, string rule, string reason)
    {
        var test = new TestGraph(opset);
        test.Output(test.Node(opType, attributes, [.. operands.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(test.Operand)]));
        Assert.That(() => ModelUpgrade.Run(test.Model), Throws.TypeOf<ModelFormatException>().With.Message.Contains($"'{rule}' at {opType} '{opType}_1'").And.Message.Contains(reason));
    }

    [Test]
    public void Run_StatisticsOfTrainingThatAreRead_AreRefused()
    {
        var test = new TestGraph(6);
        var vector = test.Vector(1f, 1f);
        var results = test.Nodes("BatchNormalization", "is_test=1", 5, test.Input("f32[1,2]"), vector, vector, vector, vector);
        test.Output(results[0]);
        test.Output(results[3]);
        Assert.That(() => ModelUpgrade.Run(test.Model), Throws.TypeOf<ModelFormatException>().With.Message.Contains("statistic"));
    }

    [Test]
    public void To_ResizeThatGrowsAndShrinks_IsRefused()
    {
        var test = new TestGraph(10);
        test.Output(test.Node("Resize", "mode=nearest", test.Input("f32[1,1,4,4]"), test.Vector(1f, 1f, 2f, 0.5f)));
        Assert.That(() => ModelUpgrade.To(test.Model, 13), Throws.TypeOf<ModelFormatException>().With.Message.Contains("resize-asymmetric"));
    }

    [Test]
    public void To_ScanWithItsBatch_IsRefused()
    {
        var test = new TestGraph(8);
        var body = new TestGraph(8, test.Graph);
        body.Output(body.Node("Neg", "", body.Input("f32[2]", "item")));
        test.Output(FunctionModel.Node(test, "Scan", FunctionModel.With("body", new AttributeValue.Graph(body.Graph)).With("num_scan_inputs", new AttributeValue.Int(1)), null, test.Input("f32[1,3,2]")));
        Assert.That(() => ModelUpgrade.To(test.Model, 13), Throws.TypeOf<ModelFormatException>().With.Message.Contains("scan-batch"));
    }

    [TestCase("None")]
    [TestCase("?")]
    public void Run_ExtentsThatAreAllCalledTheSame_AreFree(string name)
    {
        var test = new TestGraph(8);
        var a = test.Graph.AddValue("a", new TensorType(DataType.Float32, new Shape([Dimension.Named(name), 2])));
        var b = test.Graph.AddValue("b", new TensorType(DataType.Float32, new Shape([Dimension.Named(name), 2])));
        test.Graph.AddInput(a);
        test.Graph.AddInput(b);
        test.Output(test.Node("Concat", "axis=0", a, b));
        ShapeInference.BindInputShapes(test.Model, new Dictionary<string, Shape> { ["a"] = new(3, 2), ["b"] = new(4, 2) });
        ShapeInference.Infer(test.Model);
        Assert.That(test.Graph.Outputs[0].Shape, Is.EqualTo(new Shape(7, 2)));
        a.Type = new TensorType(DataType.Float32, new Shape([Dimension.Named(name), 2]));
        Assert.That(ModelUpgrade.Run(test.Model).Single().Rule, Is.EqualTo("anonymous-extents"));
    }

    [Test]
    public void Run_TenThousandOldNodes_IsLiftedInLinearTime()
    {
        var test = new TestGraph(1);
        var value = test.Input("f32[2,3]");
        for (var i = 0; i < 10_000; i++)
        {
            value = test.Node("Add", "broadcast=1 axis=0 consumed_inputs=[0,0]", value, test.Vector(1f, 2f));
        }

        test.Output(value);
        var started = Environment.CpuUsage.TotalTime;
        ModelUpgrade.Run(test.Model);
        Assert.That(Environment.CpuUsage.TotalTime - started, Is.LessThan(TimeSpan.FromSeconds(20)), "a quadratic walk takes minutes");
        Assert.That(test.Graph.Nodes, Has.Count.EqualTo(20_000));
    }

    [Test]
    public void Run_DamagedOldModels_EndInTypedErrorsOnly()
    {
        var cases = UpgradeCases.All.ToList();
        for (var seed = 0; seed < 4000; seed++)
        {
            var random = new Random(seed);
            var model = cases[random.Next(cases.Count)].Build();
            Damage(model, random);
            try
            {
                ModelUpgrade.To(model, random.Next(2) == 0 ? 17 : 25);
                GraphVerifier.Verify(model);
                ShapeInference.Infer(model);
            }
            catch (ModelFormatException error)
            {
                Assert.That(error.Message, Is.Not.Empty);
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}: {error}");
            }
        }
    }

    private static void Damage(Model model, Random random)
    {
        var node = model.Graph.Nodes[random.Next(model.Graph.Nodes.Count)];
        var values = model.Graph.Values.Values.ToList();
        switch (random.Next(5))
        {
            case 0 when node.Inputs.Count > 0:
                ModelGraph.SetInput(node, random.Next(node.Inputs.Count), random.Next(3) == 0 ? null : model.Graph.Inputs[0]);
                break;
            case 1 when node.Attributes.Count > 0:
                node.Attributes = node.Attributes.Without(node.Attributes[random.Next(node.Attributes.Count)].Name);
                break;
            case 2 when node.Attributes.Count > 0:
                node.Attributes = node.Attributes.With(node.Attributes[random.Next(node.Attributes.Count)].Name, Odd(random));
                break;
            case 3:
                values[random.Next(values.Count)].Type = TestGraph.TypeOf(new[] { "f32?", "i64[]", "f32[4611686018427387904,4611686018427387904]", "string[2]", "u8[0]" }[random.Next(5)]);
                break;
            default:
                node.Attributes = node.Attributes.With("axis", Odd(random));
                break;
        }
    }

    private static AttributeValue Odd(Random random) => random.Next(6) switch
    {
        0 => new AttributeValue.Int(random.Next(2) == 0 ? long.MinValue : long.MaxValue),
        1 => new AttributeValue.Ints([long.MaxValue, -1, random.Next(9)]),
        2 => new AttributeValue.Float(float.NaN),
        3 => new AttributeValue.Floats([float.PositiveInfinity]),
        4 => new AttributeValue.Text(new byte[] { 0xFF }),
        _ => new AttributeValue.Ints([]),
    };
}
