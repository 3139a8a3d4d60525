using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Graph;

public sealed class GraphVerifierTests
{
    [Test]
    public void Verify_ReaderBeforeMaker_NamesBoth()
    {
        var test = new TestGraph();
        var a = test.Node("Relu", "", test.Input("f32[2]"));
        test.Output(test.Node("Neg", "", a));
        test.Graph.Reorder(test.Graph.Nodes.Reverse());
        Expect(test, "Neg 'Neg_1' reads 'v1' before Relu 'Relu_1' makes it; expected each node behind the makers of its operands.");
    }

    [Test]
    public void Verify_ValueWithoutMaker_IsNamed()
    {
        var test = new TestGraph();
        test.Output(test.Node("Relu", "", test.Graph.AddValue("ghost")));
        Expect(test, "Relu 'Relu_1' reads 'ghost', which nothing makes: no node, no input, no constant.");
    }

    [Test]
    public void Verify_OutputWithoutMaker_IsNamed()
    {
        var test = new TestGraph();
        test.Output(test.Graph.AddValue("ghost"));
        Expect(test, "Graph 'test': output 'ghost' is made by no node of the graph, is no input and no constant.");
    }

    [Test]
    public void Verify_InputThatANodeMakes_IsNamed()
    {
        var test = new TestGraph();
        test.Graph.AddInput(test.Node("Relu", "", test.Input("f32[2]")));
        Expect(test, "Graph 'test': input 'v1' is made by Relu 'Relu_1'; an input is made by nobody.");
    }

    [Test]
    public void Verify_ValueOfAnInnerGraph_IsNotSeenOutside()
    {
        var test = new TestGraph();
        var branch = new ModelGraph("branch", test.Graph);
        var inner = branch.AddConstant("inner", ConstantTensor.Of(Shape.Scalar, 1f));
        branch.AddOutput(inner);
        var y = test.Graph.AddValue("y");
        test.Graph.AddNode("If", [test.Input("bool[]")], [y], new(
            new NodeAttribute("then_branch", new AttributeValue.Graph(branch)), new NodeAttribute("else_branch", new AttributeValue.Graph(branch))));
        test.Output(test.Node("Relu", "", inner));
        Expect(test, "Relu 'Relu_1' reads 'inner', which nothing makes: no node, no input, no constant.");
    }

    [Test]
    public void Verify_OperatorSetNotImported_IsNamed()
    {
        var test = new TestGraph();
        test.Output(test.Node("my.domain/Magic", "", test.Input("f32[2]")));
        Expect(test, "my.domain.Magic 'Magic_1': the model imports no version of operator set 'my.domain'.");
    }

    [Test]
    public void Verify_UnknownOperatorOfAnImportedSet_IsCarried()
    {
        var test = new TestGraph();
        test.Model.OpsetImports["my.domain"] = 3;
        test.Output(test.Node("my.domain/Magic", "secret=[1,2]", test.Input("f32[2]"), null));
        Assert.That(() => GraphVerifier.Verify(test.Model), Throws.Nothing);
    }

    [Test]
    public void Verify_AttributeOfAnotherKind_NamesFoundAndExpected()
    {
        var test = new TestGraph();
        test.Output(test.Node("Transpose", "perm=1", test.Input("f32[2,3]")));
        Expect(test, "Transpose 'Transpose_1': attribute 'perm' is of kind Int; expected Ints.");
    }

    [Test]
    public void Verify_TooManyResults_NamesFoundAndExpected()
    {
        var test = new TestGraph();
        test.Nodes("Relu", "", 2, test.Input("f32[2,3]"));
        Expect(test, "Relu 'Relu_1': found 2 results; expected 1.");
    }

    [Test]
    public void VerifyTypes_RecordedTypeChangedBehindItsBack_IsNamed()
    {
        var test = new TestGraph();
        var y = test.Output(test.Node("Relu", "", test.Input("f32[2,3]")));
        ShapeInference.Infer(test.Model);
        Assert.That(() => GraphVerifier.VerifyTypes(test.Model), Throws.Nothing);
        y.Type = TestGraph.TypeOf("f16[2,3]");
        Assert.That(() => GraphVerifier.VerifyTypes(test.Model), Throws.TypeOf<ModelFormatException>()
            .With.Message.EqualTo("Relu 'Relu_1': output 'v1' is inferred as Float32[2,3]; it is declared as Float16[2,3]."));
    }

    [Test]
    public void Print_Model_ShowsEveryPart()
    {
        var test = new TestGraph();
        var x = test.Input("f32[N,4]", "x");
        test.Output(test.Node("Clip", "", test.Node("Concat", "axis=1", x, x), null, test.Constant(Shape.Scalar, 6f)));
        ShapeInference.Infer(test.Model);
        var lines = GraphPrinter.Print(test.Model).Split(Environment.NewLine);
        Assert.That(lines, Is.EqualTo(new[]
        {
            "model 'test' (format 8; ai.onnx 13, ai.onnx.ml 3, com.microsoft 1; by  )",
            "graph 'test' (%x: Float32[N,4])",
            "  const %const1: Float32[] = [6]",
            "  %v0: Float32[N,8] = Concat(%x, %x) {axis=1}  # Concat_1",
            "  %v2: Float32[N,8] = Clip(%v0, _, %const1)  # Clip_1",
            "  return %v2: Float32[N,8]",
            "",
        }));
        Assert.That(GraphPrinter.Summarize(test.Model), Does.Contain("operators   Clip:1 Concat:1").And.Contain("parameters  1 in 1 constants, 4 bytes"));
    }

    private static void Expect(TestGraph test, string message) =>
        Assert.That(() => GraphVerifier.Verify(test.Model), Throws.TypeOf<ModelFormatException>().With.Message.EqualTo(message));
}
