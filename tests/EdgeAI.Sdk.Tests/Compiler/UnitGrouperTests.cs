using EdgeAI.Compiler;
using EdgeAI.Compiler.Partitioning;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;
using EdgeAI.Sdk.Tests.Graph;

namespace EdgeAI.Sdk.Tests.Compiler;

/// <summary>What is placed as one.</summary>
public sealed class UnitGrouperTests
{
    [Test]
    public void Group_QuantizedConv_IsOneUnit()
    {
        var model = new QdqModel();
        model.Output(TestUnits.Conv(model, new Random(1), model.Input(DataType.UInt8, 0.1f, 3, 1, 4, 5, 5), 6, [1, 1]));
        var units = Group(model.Graph);
        Assert.Multiple(() =>
        {
            Assert.That(units.Select(Text), Is.EqualTo(new[] { "QuantizeLinear", "DequantizeLinear DequantizeLinear DequantizeLinear Conv QuantizeLinear", "DequantizeLinear" }));
            Assert.That(units.Select(unit => unit.IsQuantized), Is.EqualTo(new[] { false, true, false }));
            Assert.That(units[1].Name, Is.EqualTo(units[1].Anchor.Name).And.Contains("Conv"));
            Assert.That(units[1].Inputs.Concat(units[1].Outputs).Select(value => value.Element), Is.All.EqualTo(DataType.UInt8));
        });
    }

    [TestCase("Relu", true)]
    [TestCase("Tanh", false)]
    public void Group_ActivationBeforeTheQuantizer_BelongsToTheGroupWhereItIsOne(string activation, bool isOne)
    {
        var model = new QdqModel();
        var x = model.Input(DataType.UInt8, 0.1f, 3, 1, 4, 5, 5);
        model.Output(model.Group("GlobalAveragePool", [x], DataType.UInt8, 0.1f, 0, activation: activation));
        Assert.That(Group(model.Graph).Count(unit => unit.Anchor.OpType == "GlobalAveragePool" && unit.IsQuantized), Is.EqualTo(isOne ? 1 : 0));
    }

    [Test]
    public void Group_ClipWithConstantBounds_BelongsToTheGroup()
    {
        var model = new QdqModel();
        var x = model.Input(DataType.UInt8, 0.1f, 3, 1, 4, 5, 5);
        var pooled = model.Node("GlobalAveragePool", [Dequantized(model, x)]);
        var clipped = model.Node("Clip", [pooled, model.Constant(ConstantTensor.Of<float>(Shape.Scalar, 0)), model.Constant(ConstantTensor.Of<float>(Shape.Scalar, 6))]);
        model.Output(model.Quantized(clipped, DataType.UInt8, 0.1f, 0));
        Assert.That(Group(model.Graph).Select(Text), Has.One.EqualTo("DequantizeLinear GlobalAveragePool Clip QuantizeLinear"));
    }

    [Test]
    public void Group_FunctionWrittenOutInFloat_IsOneUnit()
    {
        var model = new QdqModel();
        var x = model.Input(DataType.UInt8, 0.1f, 3, 1, 4, 5, 5);
        var product = model.Node("Mul", [Dequantized(model, x), model.Node("Sigmoid", [Dequantized(model, x)])]);
        model.Output(model.Quantized(product, DataType.UInt8, 0.1f, 0));
        var unit = Group(model.Graph).Single(unit => unit.IsQuantized);
        Assert.That(unit.Nodes.Select(node => node.OpType), Is.EquivalentTo(new[] { "DequantizeLinear", "DequantizeLinear", "Sigmoid", "Mul", "QuantizeLinear" }));
        Assert.That(unit.Inputs, Is.EqualTo(new[] { x.Value }));
    }

    [Test]
    public void Group_FunctionWhoseStepIsAnOutput_StaysInParts()
    {
        var model = new QdqModel();
        var x = model.Input(DataType.UInt8, 0.1f, 3, 1, 4, 5, 5);
        var step = model.Node("Sigmoid", [Dequantized(model, x)]);
        model.Graph.AddOutput(step);
        model.Output(model.Quantized(model.Node("Mul", [Dequantized(model, x), step]), DataType.UInt8, 0.1f, 0));
        Assert.That(Group(model.Graph).Count(unit => unit.IsQuantized), Is.Zero);
    }

    [Test]
    public void Group_FunctionOfTwoValues_StaysInParts()
    {
        var model = new QdqModel();
        var (x, y) = (model.Input(DataType.UInt8, 0.1f, 3, 1, 4, 5, 5), model.Input(DataType.UInt8, 0.1f, 3, 1, 4, 5, 5));
        var product = model.Node("Mul", [Dequantized(model, x), model.Node("Sigmoid", [Dequantized(model, y)])]);
        model.Output(model.Quantized(product, DataType.UInt8, 0.1f, 0));
        Assert.That(Group(model.Graph).Count(unit => unit.IsQuantized), Is.Zero);
    }

    [Test]
    public void Group_DequantizerReadByTwo_IsDoubledFirst()
    {
        var model = new QdqModel();
        var x = model.Input(DataType.UInt8, 0.1f, 3, 1, 4, 5, 5);
        var real = Dequantized(model, x);
        model.Output(model.Quantized(model.Node("GlobalAveragePool", [real]), DataType.UInt8, 0.1f, 0));
        model.Output(model.Quantized(model.Node("GlobalMaxPool", [real]), DataType.UInt8, 0.1f, 0));
        Assert.That(Group(model.Graph).Select(Text), Has.None.Contains("Pool QuantizeLinear"), "as it stands");
        Legalization.Run(model.Model);
        Assert.That(Group(model.Graph).Select(Text), Has.Exactly(2).Matches("^DequantizeLinear Global.*Pool QuantizeLinear$"), "legalized");
    }

    [Test]
    public void Group_FloatResultReadElsewhere_IsNoGroup()
    {
        var model = new QdqModel();
        var x = model.Input(DataType.UInt8, 0.1f, 3, 1, 4, 5, 5);
        var pooled = model.Node("GlobalAveragePool", [Dequantized(model, x)]);
        model.Output(model.Quantized(pooled, DataType.UInt8, 0.1f, 0));
        model.Graph.AddOutput(pooled);
        var units = Group(model.Graph);
        Assert.That(units.Any(unit => unit.IsQuantized), Is.False);
        Assert.That(units.Single(unit => unit.Anchor.OpType == "GlobalAveragePool").Outputs, Is.EqualTo(new[] { pooled }));
    }

    [Test]
    public void Group_SplitWithAQuantizerEach_IsOneUnitOfTwoOutputs()
    {
        var model = new QdqModel(opset: 18);
        var x = model.Input(DataType.UInt8, 0.1f, 3, 1, 4, 5, 5);
        var halves = new[] { model.Graph.AddValue("left"), model.Graph.AddValue("right") };
        model.Graph.AddNode("Split", [Dequantized(model, x)], halves, new AttributeList(new NodeAttribute("axis", new AttributeValue.Int(1)), new NodeAttribute("num_outputs", new AttributeValue.Int(2))));
        foreach (var half in halves)
        {
            model.Output(model.Quantized(half, DataType.UInt8, 0.1f, 3));
        }

        var unit = Group(model.Graph).Single(unit => unit.Anchor.OpType == "Split");
        Assert.Multiple(() =>
        {
            Assert.That(Text(unit), Is.EqualTo("DequantizeLinear Split QuantizeLinear QuantizeLinear"));
            Assert.That(unit.Outputs, Has.Length.EqualTo(2));
        });
    }

    [Test]
    public void Group_DequantizedWeightsOfAFloatOperator_GoWithIt()
    {
        var model = new QdqModel();
        var x = model.Graph.AddValue("x", new TensorType(DataType.Float32, new Shape(2, 3)));
        model.Graph.AddInput(x);
        var weights = model.Constant(new ConstantTensor(DataType.Int8, new Shape(3, 4), new byte[12]));
        var product = model.Node("MatMul", [x, model.Node("DequantizeLinear", [weights, model.Scale(0.1f), model.Zero(DataType.Int8, 0)])]);
        model.Graph.AddOutput(product);
        var unit = Group(model.Graph).Single();
        Assert.Multiple(() =>
        {
            Assert.That(Text(unit), Is.EqualTo("DequantizeLinear MatMul"));
            Assert.That(unit.IsQuantized, Is.False);
            Assert.That(unit.Inputs, Is.EqualTo(new[] { x }));
        });
    }

    [Test]
    public void Group_ValueReadInASubgraph_IsAnInputOfTheHolder()
    {
        var outer = new TestGraph();
        var (condition, x) = (outer.Input("bool[]", "condition"), outer.Input("f32[2]", "x"));
        var captured = outer.Node("Neg", "", x);
        var result = outer.Graph.AddValue("result");
        outer.Graph.AddNode("If", [condition], [result], new AttributeList(
            new NodeAttribute("then_branch", new AttributeValue.Graph(Branch(outer, "Abs", captured))),
            new NodeAttribute("else_branch", new AttributeValue.Graph(Branch(outer, "Exp", x)))));
        outer.Output(result);
        var units = Group(outer.Graph);
        Assert.Multiple(() =>
        {
            Assert.That(units.Select(Text), Is.EqualTo(new[] { "Neg", "If" }));
            Assert.That(units[0].Outputs, Is.EqualTo(new[] { captured }));
            Assert.That(units[1].Inputs, Is.EquivalentTo(new[] { condition, captured, x }));
        });
    }

    [TestCaseSource(typeof(SharedData), nameof(SharedData.Models))]
    public void Group_SharedModel_HasEachNodeOnceInTopologicalOrder(string name)
    {
        var model = OnnxReader.Read(SharedData.Path("models", name));
        ShapeInference.Infer(model);
        Legalization.Run(model);
        var units = Group(model.Graph);
        Assert.That(units.SelectMany(unit => unit.Nodes), Is.EquivalentTo(model.Graph.Nodes));
        var known = new HashSet<Value>(model.Graph.Inputs);
        foreach (var unit in units)
        {
            Assert.That(unit.Inputs.Where(value => !known.Contains(value)), Is.Empty, $"{unit} reads what nothing before it makes");
            known.UnionWith(unit.Outputs);
        }

        Assert.That(model.Graph.Outputs, Is.SubsetOf(known));
    }

    private static IReadOnlyList<GraphUnit> Group(ModelGraph graph)
    {
        var units = UnitGrouper.Group(graph);
        Assert.That(units.Select(unit => unit.Index), Is.EqualTo(Enumerable.Range(0, units.Length)));
        return units;
    }

    private static string Text(GraphUnit unit) => string.Join(' ', unit.Nodes.Select(node => node.OpType));

    private static Value Dequantized(QdqModel model, QuantizedValue x) =>
        model.Node("DequantizeLinear", [x.Value, model.Scale(x.Scale), model.Zero(x.Type, x.ZeroPoint)]);

    private static ModelGraph Branch(TestGraph outer, string op, Value read)
    {
        var inner = new TestGraph(parent: outer.Graph);
        inner.Output(inner.Node(op, "", read));
        return inner.Graph;
    }
}
