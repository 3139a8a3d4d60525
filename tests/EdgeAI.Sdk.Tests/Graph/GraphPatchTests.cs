using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Graph;

public sealed class GraphPatchTests
{
    [Test]
    public void Apply_OtherType_RefusesAndChangesNothing()
    {
        var (test, a, b) = Chain();
        var before = GraphPrinter.Print(test.Model);
        var patch = new GraphPatch("shrink", test.Graph);
        var made = patch.AddValue("made", TestGraph.TypeOf("f32[1,9]"));
        patch.AddNode("Relu", [test.Graph.Inputs[0]], [made]);
        patch.Replace(a, made);
        Assert.That(patch.Apply, Throws.InvalidOperationException.With.Message.EqualTo(
            "Patch 'shrink' on graph 'test' changes the type of 'v1': found Float32[1,9]; expected Float32[1,8]."));
        Assert.That(GraphPrinter.Print(test.Model), Is.EqualTo(before));
        Assert.That(b.Producer!.Inputs[0], Is.SameAs(a));
    }

    [Test]
    public void Apply_OtherElementTypeAtOneOperand_Refuses()
    {
        var (test, _, b) = Chain();
        var patch = new GraphPatch("mix", test.Graph);
        patch.ReplaceInput(b.Producer!, 0, patch.AddConstant("c", ConstantTensor.Of(new Shape(1L, 8L), new long[8])));
        Assert.That(patch.Apply, Throws.InvalidOperationException.With.Message.Contains("found Int64[1,8]; expected Float32[1,8]"));
    }

    [Test]
    public void Apply_NewNodeForOld_StandsBeforeItsReaderAndTakesTheName()
    {
        var (test, a, b) = Chain();
        var patch = new GraphPatch("swap", test.Graph);
        var made = patch.AddValue("", a.Type);
        patch.AddNode("Tanh", [test.Graph.Inputs[0]], [made]);
        patch.Replace(a, made);
        patch.Remove(a.Producer!);
        patch.Apply();
        GraphVerifier.Verify(test.Model);
        Assert.That(test.Graph.Nodes.Select(node => node.OpType), Is.EqualTo(new[] { "Tanh", "Sigmoid" }));
        Assert.That((made.Name, b.Producer!.Inputs[0]), Is.EqualTo(("v1", made)));
    }

    [Test]
    public void Apply_Output_KeepsItsName()
    {
        var (test, a, b) = Chain();
        var patch = new GraphPatch("cut", test.Graph);
        patch.Replace(b, a);
        patch.Remove(b.Producer!);
        patch.Apply();
        GraphVerifier.Verify(test.Model);
        Assert.That(test.Graph.Outputs, Is.EqualTo(new[] { a }));
        Assert.That(a.Name, Is.EqualTo("v2"));
    }

    [Test]
    public void Apply_OutputOfANodeThatStays_GivesItsNameAway()
    {
        var (test, a, b) = Chain();
        var patch = new GraphPatch("tap", test.Graph);
        patch.Replace(b, a);
        patch.Apply();
        GraphVerifier.Verify(test.Model);
        Assert.That((test.Graph.Outputs[0].Name, a.Name, b.Name), Is.EqualTo(("v2", "v2", "v2_1")));
    }

    [Test]
    public void Apply_OutputReplacedByInput_Refuses()
    {
        var (test, _, b) = Chain();
        var patch = new GraphPatch("cut", test.Graph);
        patch.Replace(b, test.Graph.Inputs[0]);
        Assert.That(patch.Apply, Throws.InvalidOperationException.With.Message.EqualTo(
            "Patch 'cut' on graph 'test' replaces output 'v2' by 'in0', which cannot bear its name."));
    }

    [Test]
    public void Apply_ResultStillRead_Refuses()
    {
        var (test, a, _) = Chain();
        var patch = new GraphPatch("cut", test.Graph);
        patch.Remove(a.Producer!);
        Assert.That(patch.Apply, Throws.InvalidOperationException.With.Message.EqualTo(
            "Patch 'cut' on graph 'test' takes Relu 'Relu_1' out, whose result 'v1' is read by Sigmoid 'Sigmoid_1'."));
    }

    [Test]
    public void Apply_ValueMadeLater_Refuses()
    {
        var (test, a, b) = Chain();
        var patch = new GraphPatch("loop", test.Graph);
        patch.ReplaceInput(a.Producer!, 0, b);
        Assert.That(patch.Apply, Throws.InvalidOperationException.With.Message.Contains("lets a node read 'v2' before it is made"));
    }

    [Test]
    public void Apply_NewNodeBetweenLaterMakerAndEarlierReader_Refuses()
    {
        var (test, a, b) = Chain();
        var patch = new GraphPatch("loop", test.Graph);
        var made = patch.AddValue("made", a.Type);
        patch.AddNode("Neg", [b], [made]);
        patch.Replace(a, made);
        Assert.That(patch.Apply, Throws.InvalidOperationException.With.Message.Contains("needs values that are made only after its results are read"));
    }

    [Test]
    public void Apply_ChainOfNewNodes_StandsInOrderBeforeItsReader()
    {
        var (test, a, b) = Chain();
        var patch = new GraphPatch("chain", test.Graph);
        var (first, second) = (patch.AddValue("first", a.Type), patch.AddValue("second", a.Type));
        patch.AddNode("Neg", [a], [first]);
        patch.AddNode("Abs", [first], [second]);
        patch.ReplaceInput(b.Producer!, 0, second);
        patch.Apply();
        GraphVerifier.Verify(test.Model);
        Assert.That(test.Graph.Nodes.Select(node => node.OpType), Is.EqualTo(new[] { "Relu", "Neg", "Abs", "Sigmoid" }));
    }

    [Test]
    public void Apply_ReaderAddedBeforeItsMaker_Refuses()
    {
        var (test, a, b) = Chain();
        var patch = new GraphPatch("chain", test.Graph);
        var (first, second) = (patch.AddValue("first", a.Type), patch.AddValue("second", a.Type));
        patch.AddNode("Abs", [first], [second]);
        patch.AddNode("Neg", [a], [first]);
        patch.ReplaceInput(b.Producer!, 0, second);
        Assert.That(patch.Apply, Throws.InvalidOperationException.With.Message.Contains("needs values that are made only after"));
    }

    [Test]
    public void Apply_Twice_Refuses()
    {
        var (test, _, _) = Chain();
        var patch = new GraphPatch("nothing", test.Graph);
        patch.Apply();
        Assert.That(patch.Apply, Throws.InvalidOperationException.With.Message.EndsWith("was applied before."));
    }

    [Test]
    public void Apply_NodeWithBodyTakenOut_FreesWhatTheBodyRead()
    {
        var test = new TestGraph();
        var x = test.Input("f32[2]");
        var branch = new ModelGraph("branch", test.Graph);
        var inner = branch.AddValue("inner");
        branch.AddNode("Relu", [x], [inner]);
        branch.AddOutput(inner);
        var y = test.Graph.AddValue("y", x.Type);
        var node = test.Graph.AddNode("If", [test.Input("bool[]")], [y], new(
            new NodeAttribute("then_branch", new AttributeValue.Graph(branch)), new NodeAttribute("else_branch", new AttributeValue.Graph(branch))));
        var z = test.Output(test.Node("Neg", "", y));
        Assert.That(x.Consumers, Has.Count.EqualTo(1));
        var patch = new GraphPatch("pick", test.Graph);
        patch.Replace(y, x);
        patch.Remove(node);
        patch.Apply();
        GraphVerifier.Verify(test.Model);
        Assert.That(x.Consumers, Is.EqualTo(new[] { z.Producer }));
    }

    /// <summary>input → Relu → Sigmoid → output.</summary>
    private static (TestGraph Test, Value A, Value B) Chain()
    {
        var test = new TestGraph();
        var a = test.Node("Relu", "", test.Input("f32[1,8]"));
        var b = test.Output(test.Node("Sigmoid", "", a));
        ShapeInference.Infer(test.Model);
        return (test, a, b);
    }
}
