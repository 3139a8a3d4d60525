using EdgeAI.Graph;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Graph;

public sealed class RewriteTests
{
    [Test]
    public void LiftConstants_EveryKindOfConstantNode_BecomesAConstant()
    {
        var test = new TestGraph();
        var tensor = test.Graph.AddValue("tensor");
        test.Graph.AddNode("Constant", [], [tensor], new(new NodeAttribute("value", new AttributeValue.Tensor(ConstantTensor.Of(new Shape(2L), 1f, 2f)))));
        var values = new[] { tensor, test.Node("Constant", "value_float=2.5"), test.Node("Constant", "value_floats=[1.0,2.0]") };
        test.Output(test.Node("Sum", "", values));
        Assert.That(GraphRewrites.LiftConstants.Apply(test.Model), Is.EqualTo(3));
        GraphVerifier.Verify(test.Model);
        Assert.That(test.Graph.Nodes.Select(node => node.OpType), Is.EqualTo(new[] { "Sum" }));
        Assert.That(test.Graph.Nodes[0].Inputs.Select(input => $"{input!.Name}:{input.Constant}"),
            Is.EqualTo(new[] { "tensor:Float32[2]", "v0:Float32[]", "v1:Float32[2]" }), "constants keep the names");
    }

    [Test]
    public void LiftConstants_OutputOfTheGraph_Stays()
    {
        var test = new TestGraph();
        test.Output(test.Node("Constant", "value_int=3"));
        Assert.That(GraphRewrites.LiftConstants.Apply(test.Model), Is.Zero);
        Assert.That(test.Graph.Nodes, Has.Count.EqualTo(1));
    }

    [TestCase("Identity", 13, "f32[2,3]", "", true)]
    [TestCase("Dropout", 10, "f32[2,3]", "", true)]
    [TestCase("Dropout", 13, "f32[2,3]; f32=0.5!", "", true)]
    [TestCase("Dropout", 13, "f32[2,3]; f32=0.5!; bool=0!", "", true)]
    [TestCase("Dropout", 13, "f32[2,3]; f32=0.5!; bool=1!", "", false)]
    [TestCase("Dropout", 13, "f32[2,3]; f32=0.5!; bool[]", "", false)]
    [TestCase("Cast", 13, "f32[2,3]", "to=1", true)]
    [TestCase("Cast", 13, "i64[2,3]", "to=1", false)]
    [TestCase("Reshape", 13, "f32[N,3]; i64=-1,3", "", true)]
    [TestCase("Reshape", 13, "f32[?,3]; i64=-1,3", "", false)]
    [TestCase("Transpose", 13, "f32[2,3]", "perm=[0,1]", true)]
    [TestCase("Transpose", 13, "f32[3,3]", "perm=[1,0]", false)]
    [TestCase("Concat", 13, "f32[3,3]", "axis=0", true)]
    [TestCase("Relu", 13, "f32[3,3]", "", false)]
    public void RemoveIdentity_OneNode_GoesOnlyIfItChangesNothing(string opType, int opset, string operands, string attributes, bool goes)
    {
        var test = new TestGraph(opset);
        var inputs = operands.Split(';', StringSplitOptions.TrimEntries).Select(test.Operand).ToArray();
        var end = test.Output(test.Node("Shape", "", test.Node(opType, attributes, inputs)));
        ShapeInference.Infer(test.Model);
        Assert.That(GraphRewrites.RemoveIdentity.Apply(test.Model), Is.EqualTo(goes ? 1 : 0));
        GraphVerifier.Verify(test.Model);
        Assert.That(end.Producer!.Inputs[0], goes ? Is.SameAs(inputs[0]) : Is.Not.SameAs(inputs[0]));
    }

    [Test]
    public void RemoveIdentity_BetweenInputAndOutput_Stays()
    {
        var test = new TestGraph();
        test.Output(test.Node("Identity", "", test.Input("f32[2]")));
        Assert.That(GraphRewrites.RemoveIdentity.Apply(test.Model), Is.Zero);
    }

    [Test]
    public void RemoveIdentity_BeforeAnOutput_KeepsTheOutputsName()
    {
        var test = new TestGraph();
        var y = test.Output(test.Node("Identity", "", test.Node("Relu", "", test.Input("f32[2]"))));
        var name = y.Name;
        GraphRewrites.RemoveIdentity.Apply(test.Model);
        GraphVerifier.Verify(test.Model);
        Assert.That((test.Graph.Outputs[0].Name, test.Graph.Outputs[0].Producer!.OpType), Is.EqualTo((name, "Relu")));
    }

    [Test]
    public void RemoveDead_ChainAndConstants_Go()
    {
        var test = new TestGraph();
        var x = test.Input("f32[2]");
        test.Node("Neg", "", test.Node("Add", "", x, test.Vector(1f, 2f)));
        test.Output(test.Node("Relu", "", x));
        Assert.That(GraphRewrites.RemoveDead.Apply(test.Model), Is.EqualTo(2));
        Assert.That((test.Graph.Nodes.Count, test.Graph.Constants.Count(), test.Graph.Values.Count), Is.EqualTo((1, 0, 2)));
    }

    [TestCase("Cast", 13, "f32=1.5,-2.5", "to=7", "Int64[2]", new double[] { 1, -2 })]
    [TestCase("Cast", 13, "i64=0,3", "to=9", "Boolean[2]", new double[] { 0, 1 })]
    [TestCase("Cast", 13, "i64=7,300", "to=2", "UInt8[2]", new double[] { 7, 44 })]
    [TestCase("Unsqueeze", 13, "f32=1,2; i64=0", "", "Float32[1,2]", new double[] { 1, 2 })]
    [TestCase("Slice", 13, "f32=1,2,3,4; i64=3; i64=-9; i64=0; i64=-2", "", "Float32[2]", new double[] { 4, 2 })]
    [TestCase("Gather", 13, "f32=1,2,3,4; i64=-1,0", "", "Float32[2]", new double[] { 4, 1 })]
    [TestCase("Concat", 13, "u8=1,2; u8=3", "axis=0", "UInt8[3]", new double[] { 1, 2, 3 })]
    [TestCase("Expand", 13, "f32=1,2; i64=2,2", "", "Float32[2,2]", new double[] { 1, 2, 1, 2 })]
    [TestCase("ConstantOfShape", 13, "i64=3", "", "Float32[3]", new double[] { 0, 0, 0 })]
    [TestCase("Div", 13, "i64=-7,8; i64=2", "", "Int64[2]", new double[] { -3, 4 })]
    [TestCase("Range", 13, "i64=1!; i64=6!; i64=2!", "", "Int64[3]", new double[] { 1, 3, 5 })]
    [TestCase("ReduceProd", 13, "i64=2,3,4", "keepdims=0", "Int64[]", new double[] { 24 })]
    public void FoldConstants_OwnEvaluation_GivesTheElements(string opType, int opset, string operands, string attributes, string type, double[] elements)
    {
        var test = new TestGraph(opset);
        var folded = test.Node(opType, attributes, [.. operands.Split(';', StringSplitOptions.TrimEntries).Select(test.Operand)]);
        var end = test.Output(test.Node("Cast", "to=11", folded));
        ShapeInference.Infer(test.Model);
        Assert.That(GraphRewrites.FoldConstants().Apply(test.Model), Is.EqualTo(1));
        GraphVerifier.Verify(test.Model);
        var constant = end.Producer!.Inputs[0]!.Constant!;
        Assert.That(constant.ToString(), Is.EqualTo(type));
        Assert.That(Conversion.To(constant, DataType.Float64)!.AsSpan<double>().ToArray(), Is.EqualTo(elements));
    }

    [Test]
    public void FoldConstants_TransposedWeights_MoveTheirElements()
    {
        var test = new TestGraph();
        var weights = test.Node("Transpose", "perm=[1,0]", test.Constant(new Shape(2L, 3L), 1f, 2f, 3f, 4f, 5f, 6f));
        var end = test.Output(test.Node("MatMul", "", test.Input("f32[1,3]"), weights));
        GraphRewrites.FoldConstants().Apply(test.Model);
        var constant = end.Producer!.Inputs[1]!.Constant!;
        Assert.That((constant.ToString(), string.Join(',', constant.AsSpan<float>().ToArray())), Is.EqualTo(("Float32[3,2]", "1,4,2,5,3,6")));
    }

    [Test]
    public void FoldConstants_ShapeOfKnownExtents_FoldsThoughTheOperandIsNotKnown()
    {
        var test = new TestGraph();
        var x = test.Input("f32[N,3,4]");
        var part = test.Node("Slice", "", test.Node("Shape", "", x), test.Vector(1L), test.Vector(3L));
        var end = test.Output(test.Node("Expand", "", test.Input("f32[1,1]"), part));
        ShapeInference.Infer(test.Model);
        GraphRewrites.FoldConstants().Apply(test.Model);
        Assert.That(end.Producer!.Inputs[1]!.Constant!.ToInt64(), Is.EqualTo(new long[] { 3, 4 }));
    }

    [Test]
    public void FoldConstants_QuantizedWeights_Stay()
    {
        var test = new TestGraph();
        var weights = test.Node("DequantizeLinear", "", test.Vector<sbyte>(1, 2), test.Constant(Shape.Scalar, 0.5f), test.Constant(Shape.Scalar, (sbyte)0));
        test.Output(test.Node("Add", "", test.Input("f32[2]"), weights));
        Assert.That(GraphRewrites.FoldConstants((_, _) => throw new AssertionException("asked")).Apply(test.Model), Is.Zero);
    }

    [Test]
    public void FoldConstants_LargeResultOfSmallOperands_Stays()
    {
        var test = new TestGraph();
        var large = test.Node("ConstantOfShape", "", test.Vector(1024L, 1024L, 1024L));
        test.Output(test.Node("Add", "", test.Input("f32[1]"), large));
        Assert.That(GraphRewrites.FoldConstants().Apply(test.Model), Is.Zero);
        Assert.That(GraphRewrites.FoldConstants(limits: new FoldingLimits { MaxResultBytes = long.MaxValue }).Apply(test.Model), Is.Zero);
    }

    [Test]
    public void FoldConstants_ResultOfMoreElementsThanFitA64BitNumber_Stays()
    {
        var test = new TestGraph();
        var large = test.Node("Tile", "", test.Constant(new Shape(1L, 1L), 1f), test.Vector(long.MaxValue / 4, 1L << 40));
        test.Output(test.Node("Relu", "", large));
        Assert.That(GraphRewrites.FoldConstants((_, _) => throw new AssertionException("asked")).Apply(test.Model), Is.Zero);
    }

    [Test]
    public void FoldConstants_RandomNumbers_Stay()
    {
        var test = new TestGraph();
        test.Output(test.Node("Neg", "", test.Node("RandomNormalLike", "", test.Vector(1f, 2f))));
        Assert.That(GraphRewrites.FoldConstants((_, _) => throw new AssertionException("asked")).Apply(test.Model), Is.Zero);
    }

    [TestCase("Add", "f32=1,2.5; f32=0.25!", new double[] { 1.25, 2.75 })]
    [TestCase("Sub", "f32=1,2; f32=3,4", new double[] { -2, -2 })]
    [TestCase("Mul", "i32=1,-2; i32=3,4", new double[] { 3, -8 })]
    [TestCase("Div", "f32=1,-1; f32=3,0", new double[] { 1f / 3, double.NegativeInfinity })]
    [TestCase("Sqrt", "f32=2,-1", new double[] { 1.41421353816986083984375, double.NaN })]
    [TestCase("Neg", "f32=0,1", new double[] { -0.0, -1 })]
    public void FoldConstants_ArithmeticThatIeeeFixes_IsComputedHere(string opType, string operands, double[] elements)
    {
        var test = new TestGraph();
        var folded = test.Node(opType, "", [.. operands.Split(';', StringSplitOptions.TrimEntries).Select(test.Operand)]);
        var end = test.Output(test.Node("Cast", "to=11", folded));
        GraphRewrites.FoldConstants((_, _) => throw new AssertionException("asked")).Apply(test.Model);
        Assert.That(Conversion.To(end.Producer!.Inputs[0]!.Constant!, DataType.Float64)!.AsSpan<double>().ToArray(), Is.EqualTo(elements));
    }

    [Test]
    public void FoldConstants_ChainOfFunctions_AsksTheEvaluatorOnce()
    {
        var test = new TestGraph();
        var inner = test.Node("Exp", "", test.Vector(1f, 2f));
        var sum = test.Node("Softmax", "", test.Node("Mul", "", inner, test.Node("Tanh", "", inner)));
        var end = test.Output(test.Node("Add", "", test.Input("f32[2]"), sum));
        var asked = new List<Model>();
        var count = GraphRewrites.FoldConstants((model, feeds) =>
        {
            asked.Add(model);
            GraphVerifier.Verify(model);
            Assert.That((feeds.Count, model.Graph.Outputs.Count), Is.EqualTo((1, 1)));
            return [ConstantTensor.Of<float>(new Shape(2L), 3f, 8f)];
        }).Apply(test.Model, verifyEachPatch: true);
        Assert.That((count, asked.Count, asked[0].Graph.Nodes.Count, asked[0].Opset("")), Is.EqualTo((1, 1, 4, 13L)));
        Assert.That(end.Producer!.Inputs[1]!.Constant!.AsSpan<float>().ToArray(), Is.EqualTo(new[] { 3f, 8f }));
        Assert.That(test.Graph.Nodes, Has.Count.EqualTo(1));
    }

    [Test]
    public void UniqueDequantize_SharedValue_IsDoubledForEachReader()
    {
        var test = new TestGraph();
        var real = test.Node("DequantizeLinear", "", test.Input("u8[2]"), test.Constant(Shape.Scalar, 0.5f), test.Constant(Shape.Scalar, (byte)3));
        var readers = new[] { test.Node("Add", "", real, real), test.Node("Relu", "", real), test.Node("Neg", "", real) };
        foreach (var reader in readers)
        {
            test.Output(reader);
        }

        ShapeInference.Infer(test.Model);
        Assert.That(GraphRewrites.UniqueDequantize.Apply(test.Model), Is.EqualTo(1), "one patch for all");
        Assert.That(test.Graph.Nodes.Select(node => node.OpType[..3]), Is.EqualTo(new[] { "Deq", "Add", "Deq", "Rel", "Deq", "Neg" }), "each stands before its reader");
        GraphVerifier.Verify(test.Model);
        GraphVerifier.VerifyTypes(test.Model);
        var makers = readers.Select(reader => reader.Producer!.Inputs[0]!.Producer!).ToList();
        Assert.That(makers, Is.Unique.And.All.Matches<Node>(node => node!.OpType == "DequantizeLinear" && node.Outputs[0]!.Consumers.Distinct().Count() == 1));
        Assert.That(makers.Select(node => node.Inputs[2]!.Constant).Distinct().Count(), Is.EqualTo(1), "they share their parameters");
    }

    [Test]
    public void UniqueDequantize_HundredReaders_NeedOneRound()
    {
        var test = new TestGraph();
        var real = test.Node("DequantizeLinear", "", test.Input("u8[2]"), test.Constant(Shape.Scalar, 0.5f));
        for (var i = 0; i < 100; i++)
        {
            test.Output(test.Node("Relu", "", real));
        }

        GraphRewrites.UniqueDequantize.Apply(test.Model);
        GraphVerifier.Verify(test.Model);
        Assert.That(test.Graph.Nodes.Count(node => node.OpType == "DequantizeLinear"), Is.EqualTo(100));
    }

    [Test]
    public void UniqueDequantize_OutputOfTheGraph_KeepsOneOfItsOwn()
    {
        var test = new TestGraph();
        var real = test.Output(test.Node("DequantizeLinear", "", test.Input("u8[2]"), test.Constant(Shape.Scalar, 0.5f)));
        var relu = test.Output(test.Node("Relu", "", real));
        GraphRewrites.UniqueDequantize.Apply(test.Model);
        Assert.That((real.Consumers.Count, ReferenceEquals(relu.Producer!.Inputs[0], real), test.Graph.Outputs[0] == real), Is.EqualTo((0, false, true)));
    }

    [Test]
    public void Apply_RuleWithoutEnd_IsStopped()
    {
        var test = new TestGraph();
        test.Output(test.Node("Relu", "", test.Input("f32[2]")));
        Assert.That(() => new Endless().Apply(test.Model), Throws.InvalidOperationException.With.Message.Contains("'endless' does not come to an end"));
    }

    private sealed class Endless : GraphRewrite
    {
        public override string Name => "endless";

        protected internal override GraphPatch? Match(Model model, Node node) => new(Name, node.Graph);
    }
}
