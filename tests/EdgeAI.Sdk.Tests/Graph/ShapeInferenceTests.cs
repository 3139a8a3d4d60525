using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Graph;

/// <summary>Whole graphs: shape values on their way, declared types, subgraphs, symbols.</summary>
public sealed class ShapeInferenceTests
{
    [Test]
    public void Infer_ShapeGatherConcatReshape_KeepsSymbols()
    {
        var test = new TestGraph();
        var x = test.Input("f32[batch,3,4,5]");
        var shape = test.Node("Shape", "", x);
        var batch = test.Node("Unsqueeze", "", test.Node("Gather", "axis=0", shape, test.Constant(Shape.Scalar, 0L)), test.Vector(0L));
        var wish = test.Node("Concat", "axis=0", batch, test.Vector(-1L));
        var y = test.Output(test.Node("Reshape", "", x, wish));
        ShapeInference.Infer(test.Model);
        Assert.That(y.Type!.ToString(), Is.EqualTo("Float32[batch,60]"));
    }

    [Test]
    public void Infer_ShapeArithmetic_IsFollowed()
    {
        var test = new TestGraph();
        var x = test.Input("f32[2,N,12]");
        var shape = test.Node("Cast", "to=6", test.Node("Shape", "", x));
        var heads = test.Node("Div", "", test.Node("Slice", "", shape, test.Vector(2), test.Vector(3)), test.Vector(4));
        var wish = test.Node("Concat", "axis=0", test.Node("Slice", "", shape, test.Vector(0), test.Vector(2)), test.Vector(4), heads);
        var y = test.Node("Reshape", "", x, test.Node("Cast", "to=7", wish));
        ShapeInference.Infer(test.Model);
        Assert.That(y.Type!.ToString(), Is.EqualTo("Float32[2,N,4,3]"));
    }

    [Test]
    public void Infer_ExpandWithMinusOneReplaced_FollowsEqualAndWhere()
    {
        var test = new TestGraph();
        var x = test.Input("f32[1,N]");
        var wish = test.Node("Concat", "axis=0", test.Vector(3L), test.Node("Shape", "", test.Input("f32[N]")));
        var ones = test.Vector(1L, 1L);
        var safe = test.Node("Where", "", test.Node("Equal", "", wish, test.Vector(-1L, -1L)), ones, wish);
        var y = test.Node("Expand", "", x, safe);
        ShapeInference.Infer(test.Model);
        Assert.That(y.Type!.ToString(), Is.EqualTo("Float32[3,N]"));
    }

    [Test]
    public void Infer_DeclaredTypeWithMoreDetail_IsKept()
    {
        var test = new TestGraph();
        var y = test.Node("Reshape", "", test.Input("f32?"), test.Input("i64[2]"));
        y.Type = TestGraph.TypeOf("f32[N,8]");
        ShapeInference.Infer(test.Model);
        Assert.That(y.Type.ToString(), Is.EqualTo("Float32[N,8]"));
    }

    [Test]
    public void Infer_DeclaredTypeThatContradicts_NamesBoth()
    {
        var test = new TestGraph();
        var y = test.Node("Relu", "", test.Input("f32[1,8]"));
        y.Type = TestGraph.TypeOf("f32[1,9]");
        Assert.That(() => ShapeInference.Infer(test.Model), Throws.TypeOf<ModelFormatException>()
            .With.Message.EqualTo("Relu 'Relu_1': output 'v1' is inferred as Float32[1,8]; it is declared as Float32[1,9]."));
    }

    [Test]
    public void Infer_UnknownOperator_KeepsWhatIsDeclared()
    {
        var test = new TestGraph();
        var y = test.Node("my.domain/Magic", "", test.Input("f32[1,8]"));
        var z = test.Node("Relu", "", y);
        test.Model.OpsetImports["my.domain"] = 1;
        ShapeInference.Infer(test.Model);
        Assert.That(z.Type!.ToString(), Is.EqualTo("Undefined?"), "nothing is declared");
        y.Type = TestGraph.TypeOf("f32[3]");
        z.Type = null;
        ShapeInference.Infer(test.Model);
        Assert.That(z.Type!.ToString(), Is.EqualTo("Float32[3]"));
    }

    [Test]
    public void Infer_SymbolsGiven_AreNumbersEverywhere()
    {
        var test = new TestGraph();
        var x = test.Input("f32[batch,3,H,H]");
        var y = test.Node("Conv", "strides=[2,2]", x, test.Constant<float>(new Shape(4L, 3L, 2L, 2L), new float[48]));
        ShapeInference.Infer(test.Model, new Dictionary<string, long> { ["H"] = 8 });
        Assert.That((x.Type!.ToString(), y.Type!.ToString()), Is.EqualTo(("Float32[batch,3,8,8]", "Float32[batch,4,4,4]")));
    }

    [Test]
    public void BindInputShapes_NamedExtents_BindsTheNameInAllInputs()
    {
        var test = new TestGraph();
        test.Input("f32[batch,3]", "a");
        var b = test.Input("f32[batch,?]", "b");
        ShapeInference.BindInputShapes(test.Model, new Dictionary<string, Shape> { ["a"] = new(7L, 3L) });
        Assert.That(b.Type!.ToString(), Is.EqualTo("Float32[7,?]"));
    }

    [Test]
    public void BindInputShapes_ExpressionOfBoundNames_IsComputed()
    {
        var test = new TestGraph();
        var (a, b) = (test.Input("f32[past,2]", "a"), test.Input("f32[past + 1,2*past]", "b"));
        test.Output(test.Node("Relu", "", b));
        ShapeInference.BindInputShapes(test.Model, new Dictionary<string, Shape> { ["a"] = new(3L, 2L) });
        ShapeInference.Infer(test.Model);
        Assert.That((a.Shape.ToString(), b.Shape.ToString(), test.Graph.Outputs[0].Shape.ToString()), Is.EqualTo(("[3,2]", "[4,6]", "[4,6]")));
    }

    [TestCase("past - 4", null, "'past - 4' is -1")]
    [TestCase("past + 1", 9L, "'past + 1' is bound to 9; its names make it 4")]
    public void BindInputShapes_ExpressionThatDoesNotFit_IsRefused(string extent, long? given, string reason)
    {
        var test = new TestGraph();
        test.Input("f32[past]", "a");
        test.Output(test.Node("Relu", "", test.Input($"f32[{extent}]", "b")));
        var shapes = new Dictionary<string, Shape> { ["a"] = new(3L) };
        if (given is { } number)
        {
            shapes["b"] = new(number);
        }

        Assert.That(() => ShapeInference.BindInputShapes(test.Model, shapes), Throws.InstanceOf<ModelFormatException>().With.Message.Contains(reason));
    }

    [TestCase("a", new long[] { 7, 4 }, "Input 'a' cannot have shape [7,4]; the model declares Float32[7,3].")]
    [TestCase("a", new long[] { 7 }, "Input 'a' cannot have shape [7]; the model declares Float32[batch,3].")]
    [TestCase("c", new long[] { 7 }, "There is no input 'c'; the inputs are 'a'.")]
    public void BindInputShapes_ThatDoNotFit_NamesBoth(string name, long[] extents, string message)
    {
        var test = new TestGraph();
        test.Input("f32[batch,3]", "a");
        Assert.That(() => ShapeInference.BindInputShapes(test.Model, new Dictionary<string, Shape> { [name] = new(extents) }),
            Throws.TypeOf<ModelFormatException>().With.Message.EqualTo(message));
    }

    [Test]
    public void Infer_DefaultOfAnInput_IsNoConstant()
    {
        var test = new TestGraph();
        var wish = test.Vector(2L, 3L);
        test.Graph.AddInput(wish);
        var y = test.Node("Reshape", "", test.Input("f32[6]"), wish);
        ShapeInference.Infer(test.Model);
        Assert.That(y.Type!.ToString(), Is.EqualTo("Float32[?,?]"), "a caller may feed another shape");
        test.Model.IrVersion = 3;
        ShapeInference.Infer(test.Model);
        Assert.That(y.Type!.ToString(), Is.EqualTo("Float32[2,3]"), "before format 4 it is a constant");
    }

    [Test]
    public void Infer_If_KeepsWhatBothBranchesSay()
    {
        var test = new TestGraph();
        var x = test.Input("f32[2,6]");
        var y = If(test, test.Input("bool[]"), x, "Reshape", [2, 3, 2], "Reshape", [2, 2, 3]);
        ShapeInference.Infer(test.Model);
        Assert.That(y.Type!.ToString(), Is.EqualTo("Float32[2,?,?]"));
    }

    [Test]
    public void Infer_IfWithKnownCondition_LooksAtThatBranchOnly()
    {
        var test = new TestGraph();
        var x = test.Input("f32[2,6]");
        var condition = test.Node("Equal", "", test.Node("Size", "", x), test.Constant(Shape.Scalar, 12L));
        var y = If(test, condition, x, "Reshape", [3, 4], "Reshape", [5, 5]);
        ShapeInference.Infer(test.Model);
        Assert.That(y.Type!.ToString(), Is.EqualTo("Float32[3,4]"), "the other branch could not even be inferred");
    }

    [Test]
    public void Infer_Loop_ForgetsWhatARoundChanges()
    {
        var test = new TestGraph();
        var body = new ModelGraph("body", test.Graph);
        body.AddInput(body.AddValue("i", TestGraph.TypeOf("i64[]")));
        body.AddInput(body.AddValue("go", TestGraph.TypeOf("bool[]")));
        var state = body.AddValue("state");
        body.AddInput(state);
        var (grown, slice) = (body.AddValue("grown"), body.AddValue("slice"));
        body.AddNode("Concat", [state, state], [grown], TestGraph.AttributesOf("axis=0"));
        body.AddNode("ReduceSum", [state], [slice], TestGraph.AttributesOf("keepdims=0"));
        foreach (var output in new[] { body.Values["go"], grown, slice })
        {
            body.AddOutput(output);
        }

        Value[] results = [test.Graph.AddValue("final"), test.Graph.AddValue("stack")];
        test.Graph.AddNode("Loop", [test.Constant(Shape.Scalar, 3L), null, test.Input("f32[2,5]")], results, new(new NodeAttribute("body", new AttributeValue.Graph(body))));
        test.Output(results[0]);
        test.Output(results[1]);
        GraphVerifier.Verify(test.Model);
        ShapeInference.Infer(test.Model);
        Assert.That(results.Select(value => value.Type!.ToString()), Is.EqualTo(new[] { "Float32[?,5]", "Float32[?]" }));
    }

    [Test]
    public void Infer_Scan_StacksWhatABodyGives()
    {
        var test = new TestGraph();
        var body = new ModelGraph("body", test.Graph);
        var (sum, item) = (body.AddValue("sum"), body.AddValue("item"));
        body.AddInput(sum);
        body.AddInput(item);
        var next = body.AddValue("next");
        body.AddNode("Add", [sum, item], [next]);
        body.AddOutput(next);
        body.AddOutput(next);
        Value[] results = [test.Graph.AddValue("final"), test.Graph.AddValue("all")];
        var attributes = TestGraph.AttributesOf("num_scan_inputs=1 scan_input_axes=[1] scan_output_axes=[-1]").With("body", new AttributeValue.Graph(body));
        test.Graph.AddNode("Scan", [test.Input("f32[3]"), test.Input("f32[3,T]")], results, attributes);
        ShapeInference.Infer(test.Model);
        Assert.That(results.Select(value => value.Type!.ToString()), Is.EqualTo(new[] { "Float32[3]", "Float32[3,T]" }));
    }

    [Test]
    public void Infer_Sequences_CarryTheirElement()
    {
        var test = new TestGraph();
        var sequence = test.Node("SequenceConstruct", "", test.Input("f32[2,3]"), test.Input("f32[4,3]"));
        var joined = test.Node("ConcatFromSequence", "axis=0", sequence);
        ShapeInference.Infer(test.Model);
        Assert.That((((SequenceType)sequence.Type!).Element!.ToString(), joined.Type!.ToString()), Is.EqualTo(("Float32[?,3]", "Float32[?,3]")));
    }

    [Test]
    public void Infer_BodiesWithoutEnd_AreRefused()
    {
        var test = new TestGraph();
        var graph = test.Graph;
        var condition = test.Input("bool[]");
        for (var depth = 0; depth < 70; depth++)
        {
            var inner = new ModelGraph("inner", graph);
            var result = graph.AddValue($"r{depth}");
            graph.AddNode("If", [condition], [result], new(
                new NodeAttribute("then_branch", new AttributeValue.Graph(inner)), new NodeAttribute("else_branch", new AttributeValue.Graph(inner))));
            graph.AddOutput(result);
            graph = inner;
        }

        graph.AddOutput(graph.AddConstant("end", ConstantTensor.Of(Shape.Scalar, 1f)));
        Assert.That(() => GraphVerifier.Verify(test.Model), Throws.TypeOf<ModelFormatException>().With.Message.Contains("deeper than 64"));
    }

    private static Value If(TestGraph test, Value condition, Value x, string thenOp, long[] then, string elseOp, long[] otherwise)
    {
        ModelGraph Branch(string name, string opType, long[] wish)
        {
            var graph = new ModelGraph(name, test.Graph);
            var shape = graph.AddConstant($"{name}_shape", ConstantTensor.Of<long>(new Shape((long)wish.Length), wish));
            var result = graph.AddValue($"{name}_result");
            graph.AddNode(opType, [x, shape], [result]);
            graph.AddOutput(result);
            return graph;
        }

        var y = test.Graph.AddValue("y");
        test.Graph.AddNode("If", [condition], [y], new(
            new NodeAttribute("then_branch", new AttributeValue.Graph(Branch("then", thenOp, then))),
            new NodeAttribute("else_branch", new AttributeValue.Graph(Branch("else", elseOp, otherwise)))));
        return test.Output(y);
    }
}
