using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;
using EdgeAI.Sdk.Tests.Graph;
using EdgeAI.Sdk.Tests.Upgrades;

namespace EdgeAI.Sdk.Tests.Functions;

/// <summary>Functions of a model are unfolded; the result gives the bits that ONNX Runtime gives for the file as it is.</summary>
public sealed class FunctionInliningTests
{
    private static IEnumerable<TestCaseData> Models() => typeof(FunctionModels).GetMethods()
        .Where(method => method is { IsStatic: true, ReturnType.Name: nameof(FunctionModel) })
        .Select(method => new TestCaseData(method.Name).SetArgDisplayNames(method.Name));

    [TestCaseSource(nameof(Models))]
    public void Run_EachModel_GivesTheBitsOfTheFile(string name)
    {
        var made = ((FunctionModel)typeof(FunctionModels).GetMethod(name)!.Invoke(null, null)!).Model;
        var bytes = OnnxWriter.ToBytes(made);
        var expected = OldModel.RunAsIs(OnnxReader.Read(bytes));
        Assert.That(expected, Is.Not.Null, "ONNX Runtime takes the file");

        var model = OnnxReader.Read(bytes);
        Assert.That(FunctionInlining.Run(model), Is.Not.Empty);
        Assert.That(model.Functions, Is.Empty);
        var nodes = ShapeInference.Graphs(model.Graph).SelectMany(graph => graph.Nodes).ToList();
        Assert.That(nodes.Select(node => node.Domain), Has.None.EqualTo(FunctionModel.Domain));
        OldModel.AssertEqual(OldModel.Run(model), expected!.Value, name);
        Assert.That(model.Graph.Outputs, Has.All.Matches<Value>(output => output is { Shape.IsStatic: true }), "inference sees through the calls");
    }

    [Test]
    public void Run_NestedCalls_NamesInnerNodesByTheirCalls()
    {
        var model = FunctionModels.Nested().Model;
        FunctionInlining.Run(model);
        Assert.That(model.Graph.Nodes.Select(node => node.Name), Does.Contain("Twice_1/AddOne_1/Add_1").And.Contain("Twice_1/AddOne_2/Add_1"));
        Assert.That(model.Graph.Nodes.Select(node => node.Name), Is.Unique);
    }

    [Test]
    public void Run_Overloads_CallsTheOneThatIsNamed()
    {
        var model = new FunctionModel();
        model.Function("Shift", "x", (body, x) => [body.Node("Add", "", x[0], body.Node("Constant", "value_float=1.5"))]);
        model.Function("Shift", "x", (body, x) => [body.Node("Sub", "", x[0], body.Node("Constant", "value_float=1.5"))], overload: "down");
        var result = model.Main.Node("local/Shift", "", model.Main.Input("f32[2]"));
        result.Producer!.Overload = "down";
        model.Main.Output(result);
        Assert.That(FunctionInlining.Run(model.Model).Single().Function, Is.EqualTo("local.Shift:down"));
        Assert.That(model.Main.Graph.Nodes.Select(node => node.OpType), Is.EqualTo(new[] { "Constant", "Sub" }));
    }

    /// <summary>Softmax of version 11 sees a matrix, that of 13 one axis; a subgraph that the call gives is in the caller's version.</summary>
    [Test]
    public void Run_SubgraphGivenByTheCall_KeepsTheCallersVersion()
    {
        var (called, plain) = (new FunctionModel(11), new TestGraph(11));
        called.Function("Choose", "c", (body, x) => [FunctionModel.Node(body, "If", References("then_branch", "else_branch"), x[0])], "g", opset: 13);
        var (condition, value) = (called.Main.Input("bool[]"), called.Main.Input("f32[2,3,4]"));
        called.Main.Output(FunctionModel.Node(called.Main, "local/Choose", FunctionModel.With("g", Softmax(called.Main, value, "given")), condition));
        var (first, second) = (plain.Input("bool[]"), plain.Input("f32[2,3,4]"));
        plain.Output(FunctionModel.Node(plain, "If", FunctionModel.With("then_branch", Softmax(plain, second, "then")).With("else_branch", Softmax(plain, second, "else")), first));
        FunctionInlining.Run(called.Model);
        Assert.That(called.Model.Opset(""), Is.EqualTo(13));
        OldModel.AssertEqual(OldModel.Run(called.Model), OldModel.RunAsIs(plain.Model)!.Value, "softmax", 1e-6);
    }

    [Test]
    public void Run_DefaultGraphReferredToTwice_IsCopiedTwice()
    {
        var model = new FunctionModel();
        model.Function("Choose", "c", (body, x) => [FunctionModel.Node(body, "If", References("then_branch", "else_branch"), x[0])]);
        SetDefault(model, Sevens());
        model.Main.Output(model.Main.Node("local/Choose", "", model.Main.Input("bool[]")));
        FunctionInlining.Run(model.Model);
        var node = model.Main.Graph.Nodes.Single(node => node.OpType == "If");
        Assert.That(node.Attributes.Graph("then_branch"), Is.Not.SameAs(node.Attributes.Graph("else_branch")));
        Assert.That(((OnnxValue.Tensor)OldModel.Run(model.Model)[0]).Data.ToArray(), Is.EqualTo(BitConverter.GetBytes(7f)));
    }

    [Test]
    public void Run_DefaultGraphThatStandsForItself_IsRefused()
    {
        var model = new FunctionModel();
        model.Function("Choose", "c", (body, x) => [FunctionModel.Node(body, "If", References("then_branch", "else_branch"), x[0])]);
        var graph = new ModelGraph("itself");
        graph.AddOutput(graph.AddValue("o"));
        graph.AddNode("If", [graph.AddConstant("yes", ConstantTensor.Of(Shape.Scalar, true))], [graph.Outputs[0]], References("then_branch", "else_branch"));
        SetDefault(model, graph);
        model.Main.Output(model.Main.Node("local/Choose", "", model.Main.Input("bool[]")));
        Assert.That(() => FunctionInlining.Run(model.Model), Throws.InstanceOf<ModelFormatException>().With.Message.Contains("MaxDepth"));
    }

    [Test]
    public void Run_ReferenceInAGraphThatTheCallGives_IsRefused()
    {
        var model = new FunctionModel();
        model.Function("Choose", "c", (body, x) => [FunctionModel.Node(body, "If", References("then_branch", "else_branch"), x[0])], "g");
        var condition = model.Main.Input("bool[]");
        var graph = new ModelGraph("given", model.Main.Graph);
        graph.AddOutput(graph.AddValue("o"));
        graph.AddNode("If", [condition], [graph.Outputs[0]], References("then_branch", "else_branch"));
        model.Main.Output(FunctionModel.Node(model.Main, "local/Choose", FunctionModel.With("g", new AttributeValue.Graph(graph)), condition));
        Assert.That(() => FunctionInlining.Run(model.Model), Throws.InstanceOf<ModelFormatException>().With.Message.Contains("'g' of a function"));
    }

    /// <summary>Each function gives the next a graph in which its own stands twice; what calls are counted says nothing of it.</summary>
    [Test]
    public void Run_GivenGraphsThatDoubleFromCallToCall_AreRefused()
    {
        const int Levels = 20;
        var model = new FunctionModel();
        for (var level = Levels; level > 0; level--)
        {
            var next = $"local/F{level + 1}";
            model.Function($"F{level}", "c", (body, x) => [level == Levels ? FunctionModel.Node(body, "If", References("then_branch", "else_branch"), x[0])
                : FunctionModel.Node(body, next, FunctionModel.With("g", new AttributeValue.Graph(Twice(body.Graph, x[0]))), x[0])], "g");
        }

        var condition = model.Main.Input("bool[]");
        model.Main.Output(FunctionModel.Node(model.Main, "local/F1", FunctionModel.With("g", new AttributeValue.Graph(Sevens())), condition));
        Assert.That(() => FunctionInlining.Run(model.Model, new FunctionInliningOptions { MaxNodes = 10_000 }), Throws.InstanceOf<ModelFormatException>().With.Message.Contains("MaxNodes"));
    }

    [Test]
    public void Run_LongNamesAroundManyNodes_TakeLittleMemory()
    {
        var model = new FunctionModel();
        model.Function("Chain", "x", (body, x) => [Enumerable.Range(0, 2000).Aggregate(x[0], (value, _) => body.Node("Relu", "", value))]);
        var value = model.Main.Graph.AddValue("y");
        model.Main.Graph.AddNode("Chain", [model.Main.Input("f32[2]")], [value], name: new string('n', 60_000), domain: FunctionModel.Domain);
        model.Main.Output(value);
        var before = GC.GetAllocatedBytesForCurrentThread();
        FunctionInlining.Run(model.Model);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(32 << 20), "of 480 MB that 4000 names would have");
        Assert.That(model.Main.Graph.Nodes.Select(node => node.Name), Is.Unique);
    }

    private static AttributeList References(params string[] names) => new(names.Select(name => new NodeAttribute(name, FunctionModel.Reference("g", 5))));

    private static AttributeValue Softmax(TestGraph around, Value value, string name)
    {
        var branch = new TestGraph(11, around.Graph, $"{name}_");
        branch.Output(branch.Node("Softmax", "axis=1", value));
        return new AttributeValue.Graph(branch.Graph);
    }

    private static ModelGraph Sevens()
    {
        var graph = new ModelGraph("sevens");
        graph.AddOutput(graph.AddValue("o"));
        graph.AddNode("Constant", [], [graph.Outputs[0]], TestGraph.AttributesOf("value_floats=[7.0]"));
        return graph;
    }

    private static ModelGraph Twice(ModelGraph around, Value condition)
    {
        var graph = new ModelGraph("twice", around);
        graph.AddOutput(graph.AddValue("o"));
        graph.AddNode("If", [condition], [graph.Outputs[0]], References("then_branch", "else_branch"));
        return graph;
    }

    private static void SetDefault(FunctionModel model, ModelGraph graph) =>
        model.Model.Functions[0] = model.Model.Functions[0] with { AttributeDefaults = [new NodeAttribute("g", new AttributeValue.Graph(graph))] };

    [Test]
    public void Run_FunctionOfANewerOperatorSet_LiftsTheModelToIt()
    {
        var model = new FunctionModel(12);
        model.Function("Mean", "x", (body, x) => [body.Node("ReduceMean", "keepdims=0", x[0], body.Node("Constant", "value_ints=[1]"))], opset: 18);
        var softmax = model.Main.Node("Softmax", "axis=1", model.Main.Input("f32[2,3,4]"));
        model.Main.Output(model.Main.Node("local/Mean", "", softmax));
        FunctionInlining.Run(model.Model);
        Assert.That(model.Model.Opset(""), Is.EqualTo(18));
        var expected = new TestGraph(12);
        expected.Output(expected.Node("ReduceMean", "axes=[1] keepdims=0", expected.Node("Softmax", "axis=1", expected.Input("f32[2,3,4]"))));
        OldModel.AssertEqual(OldModel.Run(model.Model), OldModel.Run(expected.Model), "lifted", 1e-6);
    }

    [Test]
    public void Run_FunctionThatNobodyCalls_LeavesTheOperatorSet()
    {
        var model = FunctionModels.Nested();
        model.Function("Unused", "x", (body, x) => [body.Node("Neg", "", x[0])], opset: 21);
        FunctionInlining.Run(model.Model);
        Assert.That(model.Model.Opset(""), Is.EqualTo(18));
    }

    [Test]
    public void Run_FunctionOfAnOlderOperatorSet_IsLiftedToTheModels()
    {
        var model = new FunctionModel(18);
        model.Function("Mean", "x", (body, x) => [FunctionModel.Node(body, "ReduceMean", FunctionModel.With("axes", new AttributeValue.Ints([1])), body.Node("Squeeze", "axes=[0]", x[0]))], opset: 11);
        model.Main.Output(model.Main.Node("local/Mean", "", model.Main.Input("f32[1,2,3]")));
        FunctionInlining.Run(model.Model);
        var expected = new TestGraph(18);
        expected.Output(expected.Node("ReduceMean", "", expected.Node("Squeeze", "", expected.Input("f32[1,2,3]"), expected.Vector(0L)), expected.Vector(1L)));
        OldModel.AssertEqual(OldModel.Run(model.Model), OldModel.Run(expected.Model), "lifted");
    }

    [Test]
    public void Run_FunctionThatCallsItself_IsRefusedWithTheCircle()
    {
        var model = new FunctionModel();
        model.Function("A", "x", (body, x) => [body.Node("local/B", "", x[0])]);
        model.Function("B", "x", (body, x) => [FunctionModel.If(body, body.Node("Constant", "value_int=1"), inner => inner.Node("local/C", "", x[0]), inner => inner.Node("Identity", "", x[0]))]);
        model.Function("C", "x", (body, x) => [body.Node("local/A", "", x[0])]);
        model.Main.Output(model.Main.Node("local/A", "", model.Main.Input("f32[2]")));
        Assert.That(() => FunctionInlining.Run(model.Model), Throws.TypeOf<ModelFormatException>().With.Message.Contains("local.A → local.B → local.C → local.A"));
    }

    [Test]
    public void Run_NestThatUnfoldsExponentially_IsRefusedAtOnce()
    {
        var model = new FunctionModel();
        model.Function("F0", "x", (body, x) => [body.Node("Add", "", x[0], x[0])]);
        for (var i = 1; i < 60; i++)
        {
            var callee = $"local/F{i - 1}";
            model.Function($"F{i}", "x", (body, x) => [body.Node(callee, "", body.Node(callee, "", x[0]))]);
        }

        model.Main.Output(model.Main.Node("local/F59", "", model.Main.Input("f32[2]")));
        var started = Environment.CpuUsage.TotalTime;
        Assert.That(() => FunctionInlining.Run(model.Model), Throws.TypeOf<ModelFormatException>().With.Message.Contains("MaxNodes"));
        Assert.That(Environment.CpuUsage.TotalTime - started, Is.LessThan(TimeSpan.FromSeconds(2)));
    }

    [Test]
    public void Run_ChainDeeperThanTheLimit_IsRefused()
    {
        var model = new FunctionModel();
        model.Function("F0", "x", (body, x) => [body.Node("Neg", "", x[0])]);
        for (var i = 1; i < 20_000; i++)
        {
            var callee = $"local/F{i - 1}";
            model.Function($"F{i}", "x", (body, x) => [body.Node(callee, "", x[0])]);
        }

        model.Main.Output(model.Main.Node("local/F19999", "", model.Main.Input("f32[2]")));
        Assert.That(() => FunctionInlining.Run(model.Model), Throws.TypeOf<ModelFormatException>().With.Message.Contains("MaxDepth"));
    }

    [Test]
    public void Run_MoreNodesThanTheOption_IsRefused()
    {
        var options = new FunctionInliningOptions { MaxNodes = 3 };
        Assert.That(() => FunctionInlining.Run(FunctionModels.Nested().Model, options), Throws.TypeOf<ModelFormatException>().With.Message.Contains("at most 3"));
    }

    /// <summary>ONNX Runtime refuses a call that names fewer results than the function has; the standard allows it.</summary>
    [Test]
    public void Run_ResultsLeftOut_MakesTheOthers()
    {
        var model = new FunctionModel();
        model.Function("Both", "x", (body, x) => [body.Node("Neg", "", x[0]), body.Node("Abs", "", x[0])]);
        var input = model.Main.Input("f32[2,3]");
        model.Main.Output(model.Main.Nodes("local/Both", "", 1, input)[0]);
        model.Main.Output(model.Main.Nodes("local/Both", "", 2, input)[1]);
        FunctionInlining.Run(model.Model);
        var expected = new TestGraph(18);
        var plain = expected.Input("f32[2,3]");
        expected.Output(expected.Node("Neg", "", plain));
        expected.Output(expected.Node("Abs", "", plain));
        OldModel.AssertEqual(OldModel.Run(model.Model), OldModel.Run(expected.Model), "results left out");
    }

    /// <summary>A result that is an operand, and one value as two results: ONNX Runtime refuses such functions.</summary>
    [Test]
    public void Run_ResultsThatAreOneValue_AreCopied()
    {
        var model = new FunctionModel();
        model.Function("Copies", "x", (body, x) =>
        {
            var negative = body.Node("Neg", "", x[0]);
            return [x[0], negative, negative];
        });
        foreach (var result in model.Main.Nodes("local/Copies", "", 3, model.Main.Node("Abs", "", model.Main.Input("f32[2]"))))
        {
            model.Main.Output(result);
        }

        FunctionInlining.Run(model.Model);
        var expected = new TestGraph(18);
        var absolute = expected.Node("Abs", "", expected.Input("f32[2]"));
        expected.Output(expected.Node("Identity", "", absolute));
        expected.Output(expected.Node("Neg", "", absolute));
        expected.Output(expected.Node("Neg", "", absolute));
        OldModel.AssertEqual(OldModel.Run(model.Model), OldModel.Run(expected.Model), "copies");
    }

    [Test]
    public void Run_MoreOperandsThanTheFunctionHas_IsRefused()
    {
        var model = new FunctionModel();
        model.Function("F", "x", (body, x) => [body.Node("Neg", "", x[0])]);
        var input = model.Main.Input("f32[2]");
        model.Main.Output(model.Main.Node("local/F", "", input, input));
        Assert.That(() => FunctionInlining.Run(model.Model), Throws.TypeOf<ModelFormatException>().With.Message.Contains("found 2 operands"));
    }

    [Test]
    public void Run_OperandLeftOutThatIsAResult_IsRefused()
    {
        var model = new FunctionModel();
        model.Function("F", "x y", (_, x) => [x[0], x[1]]);
        foreach (var result in model.Main.Nodes("local/F", "", 2, model.Main.Input("f32[2]")))
        {
            model.Main.Output(result);
        }

        Assert.That(() => FunctionInlining.Run(model.Model), Throws.TypeOf<ModelFormatException>().With.Message.Contains("'y'"));
    }

    [Test]
    public void Run_TwoVersionsOfAnotherDomain_AreRefused()
    {
        var model = FunctionModels.Nested().Model;
        var first = model.Functions[0];
        model.Functions[0] = first with { OpsetImports = first.OpsetImports.SetItem("ai.onnx.ml", 2) };
        Assert.That(() => FunctionInlining.Run(model), Throws.TypeOf<ModelFormatException>().With.Message.Contains("ai.onnx.ml"));
    }

    [Test]
    public void Run_SubgraphGivenByTheCall_IsCopiedAndTheCallReadsNothingMore()
    {
        var model = new FunctionModel();
        model.Function("Choose", "c", (body, c) =>
            [FunctionModel.Node(body, "If", FunctionModel.With("then_branch", FunctionModel.Reference("yes", 5)).With("else_branch", FunctionModel.Reference("no", 5)), c[0])], "yes no");
        var (x, condition) = (model.Main.Input("f32[2]"), model.Main.Input("bool[]"));
        var choice = FunctionModel.If(model.Main, condition, inner => inner.Node("Neg", "", x), inner => inner.Node("Abs", "", x));
        var attributes = choice.Producer!.Attributes;
        model.Main.Graph.RemoveNode(choice.Producer);
        var call = model.Main.Node("local/Choose", "", condition);
        call.Producer!.Attributes = FunctionModel.With("yes", new AttributeValue.Graph(attributes.Graph("then_branch")!)).With("no", new AttributeValue.Graph(attributes.Graph("else_branch")!));
        model.Main.Output(call);
        FunctionInlining.Run(model.Model);
        GraphVerifier.Verify(model.Model);
        var expected = new TestGraph(18);
        var (y, yes) = (expected.Input("f32[2]"), expected.Input("bool[]"));
        expected.Output(FunctionModel.If(expected, yes, inner => inner.Node("Neg", "", y), inner => inner.Node("Abs", "", y)));
        OldModel.AssertEqual(OldModel.Run(model.Model), OldModel.Run(expected.Model), "given subgraph");
    }

    [Test]
    public void Load_ModelWithFunctions_PlacesInnerNodesOnAccelerators()
    {
        using var file = new TemporaryModel(OnnxWriter.ToBytes(FunctionModels.Nested().Model));
        using var runtime = DeviceSet.Accelerated.Create();
        using var model = runtime.Load(file.Path);
        Assert.That(model.Plan.Report.Operators.Select(unit => unit.Device), Has.Some.Not.EqualTo("cpu"));
        var result = model.Run([EdgeTensor.Of<float>([1f, 2f], 2)]);
        Assert.That(result.AsSpan<float>().ToArray(), Is.EqualTo(new[] { 3f, 4f }));
    }
}
