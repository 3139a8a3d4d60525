using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;

namespace EdgeAI.Sdk.Tests.Graph;

/// <summary>Each exact rewrite on a small graph: what is left, and that ONNX Runtime gives the same bits before and after.</summary>
public sealed class ExactRewriteTests
{
    private RewriteOracle _oracle = null!;
    private int _bodies;

    [OneTimeSetUp]
    public void Open() => _oracle = new RewriteOracle();

    [OneTimeTearDown]
    public void Close() => _oracle.Dispose();

    /// <summary>Input; nodes one behind the other, each "Op attributes(constants)"; what is left of them.</summary>
    [TestCase("f32[2,3]", "Mul(f32=1!)|Relu", "Relu")]
    [TestCase("f32[2,3]", "Mul(f32=1,1,1)|Neg", "Mul Neg")]
    [TestCase("f32[2,3]", "Div(f32=1)|Neg", "Neg")]
    [TestCase("f32[2,3]", "Sub(f32=0)|Neg", "Neg")]
    [TestCase("f32[2,3]", "Add(f32=-0)|Neg", "Neg")]
    [TestCase("f32[2,3]", "Add(f32=0)|Neg", "Add Neg")]
    [TestCase("f32[2,3]", "Sub(f32=-0)|Neg", "Sub Neg")]
    [TestCase("i64[2,3]", "Add(i64=0)|Mul(i64=1)|Neg", "Neg")]
    [TestCase("f32[2,3]", "Neg|Neg|Abs", "Abs")]
    [TestCase("bool[2,3]", "Not|Not|Not", "Not")]
    [TestCase("f32[2,3]", "Relu|Relu|Neg", "Relu Neg")]
    [TestCase("f32[2,3]", "Clip(f32=-1!,f32=2!)|Clip(f32=-1!,f32=2!)|Neg", "Clip Neg")]
    [TestCase("f32[2,3]", "Clip(f32=-1!,f32=2!)|Clip(f32=0!,f32=2!)|Neg", "Clip Clip Neg")]
    [TestCase("f32[2,3]", "Cast to=11|Cast to=1|Neg", "Neg")]
    [TestCase("f32[2,3]", "Cast to=10|Cast to=1|Neg", "Cast Cast Neg")]
    [TestCase("i8[2,3]", "Cast to=7|Cast to=1|Neg", "Cast Neg")]
    [TestCase("i8[2,3]", "Cast to=6|Cast to=2|Cast to=1", "Cast Cast")]
    [TestCase("bool[2,3]", "Cast to=1|Cast to=9|Not", "Not")]
    [TestCase("f32[2,3,4]", "Reshape(i64=6,4)|Reshape(i64=3,-1)|Neg", "Reshape Neg")]
    [TestCase("f32[2,3,4]", "Flatten axis=1|Unsqueeze(i64=0)|Squeeze(i64=0)|Reshape(i64=2,3,4)|Neg", "Neg")]
    [TestCase("f32[N,3,4]", "Reshape(i64=0,12)|Unsqueeze(i64=1)|Neg", "Reshape Neg")]
    [TestCase("f32[N,M]", "Unsqueeze(i64=2)|Unsqueeze(i64=3)|Neg", "Reshape Neg")]
    [TestCase("f32[N,M]", "Unsqueeze(i64=0)|Unsqueeze(i64=0)|Neg", "Unsqueeze Unsqueeze Neg")]
    [TestCase("f32[2,3,4]", "Transpose perm=[2,0,1]|Transpose perm=[1,2,0]|Neg", "Neg")]
    [TestCase("f32[2,3,4]", "Transpose perm=[2,0,1]|Transpose perm=[2,0,1]|Neg", "Transpose Neg")]
    [TestCase("f32[2,1,4]", "Transpose perm=[1,0,2]|Neg", "Transpose Neg")]
    [TestCase("f32[2,3,4]", "Transpose perm=[0,2,1]|Relu|Add(f32=1,2,3)|Transpose perm=[0,2,1]|Neg", "Relu Add Neg")]
    [TestCase("f32[2,3,4]", "Transpose perm=[2,0,1]|Pad(i64=1,0,0,0,2,0)|Transpose perm=[1,2,0]|Neg", "Pad Neg")]
    [TestCase("f32[2,3,4]", "Transpose perm=[0,2,1]|Softmax axis=1|Transpose perm=[0,2,1]|Neg", "Transpose Softmax Transpose Neg")]
    [TestCase("f32[2,3,4]", "Transpose perm=[0,2,1]|QuantizeLinear(f32=0.1!,u8=3!)|DequantizeLinear(f32=0.1!,u8=3!)|Transpose perm=[0,2,1]|Neg", "QuantizeLinear DequantizeLinear Neg")]
    [TestCase("u8[2,3]", "DequantizeLinear(f32=0.1!,u8=3!)|QuantizeLinear(f32=0.1!,u8=3!)|DequantizeLinear(f32=0.1!,u8=3!)", "DequantizeLinear")]
    [TestCase("u8[2,3]", "DequantizeLinear(f32=0.1!,u8=3!)|QuantizeLinear(f32=0.2!,u8=3!)|DequantizeLinear(f32=0.1!,u8=3!)", "DequantizeLinear QuantizeLinear DequantizeLinear")]
    [TestCase("u8[2,3]", "DequantizeLinear(f32=3e36!,u8=3!)|QuantizeLinear(f32=3e36!,u8=3!)|DequantizeLinear(f32=0.1!,u8=3!)", "DequantizeLinear QuantizeLinear DequantizeLinear")]
    [TestCase("f32[N,M]", "Unsqueeze(i64=1)|Unsqueeze(i64=2)|Neg", "Unsqueeze Unsqueeze Neg")]
    [TestCase("f32[2,3]", "Slice(i64=0,i64=9)|Tile(i64=1,1)|Expand(i64=2,3)|Pad(i64=0,0,0,0)|Neg", "Neg")]
    [TestCase("f32[2,3]", "Slice(i64=-1,i64=-9,i64=0,i64=-1)|Neg", "Slice Neg")]
    [TestCase("f32[2,3]", "Sum|Max|Neg", "Neg")]
    public void Simplify_Chain_LeavesTheseNodesAndEveryBit(string input, string nodes, string left)
    {
        var test = Chain(input, nodes);
        var isOdd = !nodes.Contains("Relu", StringComparison.Ordinal) && !nodes.Contains("Clip", StringComparison.Ordinal) && !nodes.Contains("Quantize", StringComparison.Ordinal);
        var expected = _oracle.Run(test.Model, hasOddNumbers: isOdd);
        var steps = GraphRewrites.Simplify(test.Model, verifyEachPatch: true);
        Assert.That(string.Join(' ', test.Graph.Nodes.Select(node => node.OpType)), Is.EqualTo(left), string.Join(", ", steps));
        Assert.That(RewriteOracle.Worst(_oracle.Run(test.Model, hasOddNumbers: isOdd), expected).IsExact, Is.True);
    }

    [Test]
    public void ShareNodes_EqualBranches_BecomeOne()
    {
        var test = new TestGraph();
        var x = test.Input("f32[2,3]");
        var left = test.Node("Relu", "", test.Node("Add", "", x, test.Vector(1f, 2f, 3f)));
        var right = test.Node("Relu", "", test.Node("Add", "", x, test.Vector(1f, 2f, 3f)));
        test.Output(test.Node("Mul", "", left, right));
        test.Output(test.Node("Add", "", x, test.Vector(1f, 2f, 4f)));
        Check(test, "Add Relu Mul Add");
        Assert.That(test.Graph.Constants.Count(), Is.EqualTo(2), "equal constants are one");
    }

    [Test]
    public void ShareNodes_TwoOutputs_KeepTheirNames()
    {
        var test = new TestGraph();
        var x = test.Input("f32[2,3]");
        var names = new[] { test.Output(test.Node("Abs", "", x)).Name, test.Output(test.Node("Abs", "", x)).Name };
        Check(test, "Abs Abs");
        Assert.That(test.Graph.Outputs.Select(output => output.Name), Is.EqualTo(names));
    }

    [Test]
    public void ShareNodes_OtherAttributesOrRandomNumbers_Stay()
    {
        var test = new TestGraph();
        var x = test.Input("f32[2,3]");
        test.Output(test.Node("Add", "", test.Node("LeakyRelu", "alpha=0.5", x), test.Node("LeakyRelu", "alpha=0.25", x)));
        test.Output(test.Node("Sub", "", test.Node("RandomUniformLike", "", x), test.Node("RandomUniformLike", "", x)));
        GraphRewrites.Simplify(test.Model, verifyEachPatch: true);
        Assert.That(test.Graph.Nodes, Has.Count.EqualTo(6));
    }

    [Test]
    public void ShareNodes_InsideABranch_AreSharedThereOnly()
    {
        var test = new TestGraph();
        var (x, condition) = (test.Input("f32[2,3]"), test.Input("bool[]"));
        var outside = test.Node("Relu", "", x);
        var result = Branches(test, condition, body => body.Node("Add", "", body.Node("Relu", "", x), body.Node("Relu", "", x)), body => body.Node("Neg", "", x));
        test.Output(test.Node("Mul", "", outside, result));
        var expected = _oracle.Run(test.Model);
        GraphRewrites.Simplify(test.Model, verifyEachPatch: true);
        var branch = test.Graph.Nodes.Single(node => node.Is("If")).Attributes.Graph("then_branch")!;
        Assert.That(branch.Nodes.Select(node => node.OpType), Is.EqualTo(new[] { "Relu", "Add" }));
        Assert.That(RewriteOracle.Worst(_oracle.Run(test.Model), expected).IsExact, Is.True);
    }

    [Test]
    public void InlineIf_NestedWithKnownConditions_LeavesTheTakenNodes([Values] bool first, [Values] bool second)
    {
        var test = new TestGraph();
        var (x, open) = (test.Input("f32[2,3]"), test.Input("bool[]"));
        var result = Branches(test, test.Constant(Shape.Scalar, first), then =>
            {
                var inner = then.Node("Exp", "", x);
                return then.Node("Neg", "", Branches(then, then.Constant(Shape.Scalar, second),
                    body => body.Node("Add", "", inner, x),
                    body => Branches(body, open, deep => deep.Node("Tanh", "", inner), deep => deep.Node("Sin", "", inner))));
            },
            otherwise => otherwise.Node("Abs", "", x));
        test.Output(result);

        // ONNX Runtime 1.30 inlines known branches itself, and loses what a graph inside them captures: it runs them as they are here.
        using var plain = new RewriteOracle(GraphOptimization.None);
        var expected = plain.Run(test.Model);
        GraphRewrites.Simplify(test.Model, verifyEachPatch: true);
        Assert.That(string.Join(' ', test.Graph.Nodes.Select(node => node.OpType)), Is.EqualTo(!first ? "Abs" : second ? "Exp Add Neg" : "Exp If Neg"));
        Assert.That(RewriteOracle.Worst(plain.Run(test.Model), expected).IsExact, Is.True);
        Assert.That(test.Graph.Outputs[0].Name, Is.EqualTo(result.Name));
    }

    [TestCase(true, "Neg")]
    [TestCase(false, "Abs")]
    public void SelectKnown_ConditionOfOneValue_LeavesItsOperand(bool condition, string left)
    {
        var test = new TestGraph();
        var (x, real) = (test.Input("i64[2,3]"), test.Input("f32[2,3]"));
        var known = test.Vector(condition, condition, condition);
        test.Output(test.Node("Where", "", known, test.Node("Neg", "", x), test.Node("Abs", "", x)));
        test.Output(test.Node("Where", "", known, real, real));
        Check(test, $"{left} Where");
    }

    [Test]
    public void MergeConcats_NestedAndEmpty_BecomeOne()
    {
        var test = new TestGraph();
        var (x, y) = (test.Input("f32[2,3]"), test.Input("f32[2,5]"));
        var inner = test.Node("Concat", "axis=-1", x, y);
        test.Output(test.Node("Concat", "axis=1", y, inner, test.Constant<float>(new Shape(2L, 0L))));
        Check(test, "Concat");
        Assert.That(test.Graph.Nodes[0].Inputs, Is.EqualTo(new[] { y, x, y }));
    }

    [Test]
    public void CancelTransposes_RegionOfTwoOperands_IsComputedInTheOtherLayout()
    {
        var test = new TestGraph();
        var (x, y) = (test.Input("f32[1,3,4,5]"), test.Input("f32[1,3,4,2]"));
        var joined = test.Node("Concat", "axis=2", test.Node("Transpose", "perm=[0,2,3,1]", x), test.Node("Transpose", "perm=[0,2,3,1]", y));
        var sum = test.Node("Add", "", joined, test.Node("Mul", "", joined, test.Vector(1f, 2f, 3f)));
        test.Output(test.Node("Transpose", "perm=[0,3,1,2]", sum));
        test.Output(test.Node("Transpose", "perm=[0,3,1,2]", test.Node("Abs", "", sum)));
        Check(test, "Concat Mul Add Abs");
    }

    [Test]
    public void CancelTransposes_ReadElsewhere_Stay()
    {
        var test = new TestGraph();
        var middle = test.Node("Relu", "", test.Node("Transpose", "perm=[0,2,1]", test.Input("f32[2,3,4]")));
        test.Output(test.Node("Transpose", "perm=[0,2,1]", middle));
        test.Output(middle);
        Check(test, "Transpose Relu Transpose");
    }

    [TestCase("i64=0,0,1,2,0,0,2,1", "", "Conv")]
    [TestCase("i64=0,0,1,2,0,0,2,1", "pads=[1,0,0,1]", "Conv")]
    [TestCase("i64=0,1,1,2,0,0,2,1", "", "Pad Conv")]
    [TestCase("i64=0,0,-1,2,0,0,2,1", "", "Pad Conv")]
    [TestCase("i64=0,0,1,2,0,0,2,1", "auto_pad=SAME_UPPER", "Pad Conv")]
    public void FoldPad_BeforeConv_GoesIntoItsPads(string pads, string attributes, string left)
    {
        var test = new TestGraph();
        var padded = test.Node("Pad", "", test.Input("f32[1,3,6,7]"), test.Operand(pads));
        var channels = padded is not null && pads.StartsWith("i64=0,1", StringComparison.Ordinal) ? 4 : 3;
        test.Output(test.Node("Conv", attributes, padded, test.Constant<float>(new Shape(2L, channels, 3L, 3L), Numbers(2 * channels * 9, 5))));
        Check(test, left);
    }

    /// <summary>Zero times an infinite weight is no zero, also where a scale makes the weight infinite.</summary>
    [TestCase("0.1", "0.1", true)]
    [TestCase("infinity", "0.1", false)]
    [TestCase("3e36", "0.1", false)]
    [TestCase("given", "0.1", false)]
    [TestCase("0.1", "infinity", false)]
    public void FoldPad_BeforeADequantizer_NeedsFiniteScales(string weightScale, string scale, bool folds)
    {
        var test = new TestGraph();
        var zero = test.Constant<byte>(Shape.Scalar, 3);
        var padded = test.Node("Pad", "", test.Input("u8[1,1,4,4]"), test.Vector<long>(0, 0, 1, 1, 0, 0, 1, 1), zero);
        var real = test.Node("DequantizeLinear", "", padded, Scale(scale), zero);
        var weights = test.Node("DequantizeLinear", "", test.Constant<byte>(new Shape(1L, 1L, 2L, 2L), 0, 255, 7, 3), Scale(weightScale), zero);
        test.Output(test.Node("Conv", "", real, weights));
        ShapeInference.Infer(test.Model);
        Assert.That(GraphRewrites.Simplify(test.Model).Single(step => step.Rewrite == "fold-pad").Count, Is.EqualTo(folds ? 1 : 0));

        Value Scale(string text) => text == "given" ? test.Input("f32[]") : test.Constant(Shape.Scalar, text == "infinity" ? float.PositiveInfinity : float.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Test]
    public void FoldPad_OfTheZeroPoint_KeepsTheGroupWhole()
    {
        var model = new QdqModel();
        var random = new Random(3);
        var input = model.Input(DataType.UInt8, 0.05f, 7, 1, 3, 6, 6);
        var padded = model.Group("Pad", [input, ConstantTensor.Of<long>(new Shape(8L), 0, 0, 1, 1, 0, 0, 1, 1)], DataType.UInt8, 0.05f, 7);
        padded.Value.Type = new TensorType(DataType.UInt8, new Shape(1L, 3L, 8L, 8L));
        model.Output(TestUnits.Conv(model, random, padded, 4, [3, 3]));
        var expected = _oracle.Run(model.Model);
        GraphRewrites.Simplify(model.Model, verifyEachPatch: true);
        Assert.That(model.Graph.Nodes.Select(node => node.OpType), Has.None.EqualTo("Pad"));
        Assert.That(RewriteOracle.Worst(_oracle.Run(model.Model), expected).IsExact, Is.True);
    }

    private void Check(TestGraph test, string left)
    {
        var expected = _oracle.Run(test.Model);
        var steps = GraphRewrites.Simplify(test.Model, verifyEachPatch: true);
        Assert.That(string.Join(' ', test.Graph.Nodes.Select(node => node.OpType)), Is.EqualTo(left), string.Join(", ", steps));
        Assert.That(RewriteOracle.Worst(_oracle.Run(test.Model), expected).IsExact, Is.True);
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }

    /// <summary>An If over two bodies that are built with their outer values in reach.</summary>
    private Value Branches(TestGraph test, Value condition, Func<TestGraph, Value> then, Func<TestGraph, Value> otherwise)
    {
        var attributes = new[] { ("then_branch", then), ("else_branch", otherwise) }.Select(branch =>
        {
            var body = new TestGraph(parent: test.Graph, prefix: $"body{_bodies++}_");
            var result = branch.Item2(body);
            result.Type = TestGraph.TypeOf("f32[2,3]");
            body.Output(result);
            return new NodeAttribute(branch.Item1, new AttributeValue.Graph(body.Graph));
        });
        var output = test.Graph.AddValue($"chosen{_bodies++}", TestGraph.TypeOf("f32[2,3]"));
        test.Graph.AddNode("If", [condition], [output], new(attributes));
        return output;
    }

    private static TestGraph Chain(string input, string nodes)
    {
        var test = new TestGraph();
        var value = test.Input(input);
        foreach (var text in nodes.Split('|'))
        {
            var parenthesis = text.IndexOf('(', StringComparison.Ordinal);
            var head = (parenthesis < 0 ? text : text[..parenthesis]).Split(' ', 2);
            var constants = parenthesis < 0 ? [] : Constants(text[(parenthesis + 1)..^1]);
            value = test.Node(head[0], head.Length > 1 ? head[1] : "", [value, .. constants.Select(test.Operand)]);
        }

        test.Output(value);
        return test;
    }

    /// <summary>"f32=1!,u8=3!": a comma before a type separates constants, one before a number elements.</summary>
    private static IEnumerable<string> Constants(string text)
    {
        var parts = text.Split(',').Aggregate(new List<string>(), (list, part) =>
        {
            if (part.Contains('=', StringComparison.Ordinal))
            {
                list.Add(part);
            }
            else
            {
                list[^1] += "," + part;
            }

            return list;
        });
        return parts;
    }
}
