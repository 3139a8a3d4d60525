using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;
using EdgeAI.Testing.Fuzzing;
using static EdgeAI.Testing.Fuzzing.OddModels;

namespace EdgeAI.Sdk.Tests.Onnx;

/// <summary>Small files that ask for much: depth, rank, memory, time. Each is refused by name or done within bounds.</summary>
public sealed class HostileModelTests
{
    [Test]
    public void Read_AnErrorUnderManySubgraphs_IsTypedOnASmallStack()
    {
        var graph = OddModels.Graph("y", Node("Relu", "ghost", "y"));
        for (var depth = 0; depth < 60; depth++)
        {
            graph = OddModels.Graph("y", Node("If", "x", "y", Body("then_branch", graph), Body("else_branch", Branch("b"))));
        }

        Exception? found = null;
        var thread = new Thread(() => found = Assert.Catch(() => OnnxReader.Read(Model(graph))), 512 << 10);
        thread.Start();
        thread.Join();
        Assert.That(found, Is.InstanceOf<ModelFormatException>().With.Message.Contains("'ghost'").And.Message.Contains("(If)"));
    }

    [Test]
    public void Infer_RankDoublingFromNodeToNode_IsRefused() =>
        Refused(Chain(40, i => Node("Gather", $"v{i} v{i}", $"v{i + 1}"), DataType.Int64), "expected at most rank 64");

    [Test]
    public void Infer_TypesNestedByNodes_AreRefused() => Refused(Chain(300, i => Node("Optional", $"v{i}", $"v{i + 1}")), "64 deep");

    /// <summary>Inputs that the fuzzer found, made smaller: they end in a model or in a typed error.</summary>
    [TestCase("CAg6UwoWEgFzIhFTZXF1ZW5jZUNvbnN0cnVjdAoQCgFzEgFvIghPcHRpb25hbAoaCgFvEgFnIhJPcHRpb25hbEdldEVsZW1lbnQKCwoBZxIBeSIDU3VtQgIQEg==")]
    [TestCase("CAg6HAoNEgFvIghPcHRpb25hbAoLCgFvEgFnIgNNYXhCAhAS")]
    [TestCase("CAg6JQoWEgFzIhFTZXF1ZW5jZUNvbnN0cnVjdAoLCgFzEgFvIgNTdW1CAhAS")]
    [TestCase("CA06QAoXCgVpbnB1dBIGb3V0cHV0IgZDb25jYXRiEAoGb3V0cHV0EgYKBBICCgAqE0IFaW5wdXQQB0oIAAAAAAAAAAA=")]
    [TestCase("CAE6dBIBZ1oTCgF4Eg4KDEgBEggKAggCCgIIA2IDCgF5Cg4KAW0SAXkiBFNlbGY6AAodCgF4CgF3EgFtIgNBZGQqDQoJYnJvYWRjYXN0GAEqFQgDEAFCAXciDAAAAAAAAAAAAAAAAFoPCgF3EgoKCAgBEgQKAggDygEeCgRTZWxmIgFtKgF5Og4KAW0SAXkiBFNlbGY6AFIAQggKABCAgICAEA==")]
    public void Pipeline_FoundMutants_EndInAModelOrATypedError(string mutant)
    {
        try
        {
            Pipeline(Convert.FromBase64String(mutant));
        }
        catch (ModelFormatException refused)
        {
            Assert.That(refused.Message, Does.Contain("expected"));
        }
    }

    [TestCase(1L << 32)]
    [TestCase((1L << 31) + 3)]
    [TestCase(long.MaxValue)]
    [TestCase(long.MinValue)]
    [TestCase(-3)]
    [CancelAfter(20_000)]
    public void Upgrade_AVersionThatDoesNotExist_IsNotCountedUpTo(long version, CancellationToken cancellationToken)
    {
        var model = OnnxReader.Read(Model(OddModels.Graph("y", Node("Add", "x x", "y", Attribute("broadcast", 1)))));
        model.OpsetImports[""] = version;
        try
        {
            ModelUpgrade.Run(model);
        }
        catch (ModelFormatException refused)
        {
            Assert.That(refused.Message, Does.Contain("Add"));
        }

        Assert.That(cancellationToken.IsCancellationRequested, Is.False);
    }

    [TestCase("Sum")]
    [TestCase("Max")]
    public void Infer_ASequenceWhereATensorBelongs_IsRefused(string operation) =>
        Refused(Model(OddModels.Graph("y", Node("SequenceConstruct", "x", "s"), Node(operation, "s", "z"), Node("Relu", "x", "y"))), "expected a tensor of");

    [Test]
    [CancelAfter(20_000)]
    public void Infer_HugeExtentsOfATensorWithoutElements_AreNotCounted(CancellationToken cancellationToken)
    {
        var graph = OddModels.Graph("y", Node("Gather", "w zero", "g", Attribute("axis", 1)), Node("Cast", "g", "y", Attribute("to", (long)DataType.Float32)))
            .Add(5, Tensor("w", DataType.Int64, 1L << 40, 3, 0).Add(9, [])).Add(5, Integers("zero", 0));
        Pipeline(Model(graph));
        Assert.That(cancellationToken.IsCancellationRequested, Is.False);
    }

    [Test]
    public void Infer_LoopsInLoops_TakeNoPowerOfTheirDepth()
    {
        var (shallow, deep) = (Allocated(Model(Loops(10))), Allocated(Model(Loops(30))));
        Assert.That((double)deep / shallow, Is.LessThan(9), $"{shallow} bytes at 10, {deep} at 30");
    }

    [Test]
    public void Simplify_ManyGenerators_GrowWithinALimit()
    {
        const int Count = 200;
        var graph = OddModels.Graph("y", Node("Relu", "x", "y")).Add(5, Integers("shape", 1 << 20));
        for (var i = 0; i < Count; i++)
        {
            graph.Add(1, Node("ConstantOfShape", "shape", $"c{i}")).Add(1, Node("Relu", $"c{i}", $"r{i}")).Add(12, new WireMessage(MessageKind.ValueInfo).Add(1, $"r{i}"));
        }

        Assert.That(Allocated(Model(graph)), Is.LessThan(256L << 20), "of 800 MiB that the nodes could make");
    }

    [TestCase("Div")]
    [TestCase("Mod")]
    public void Verify_TheSmallestIntegerByMinusOne_IsRefused(string operation)
    {
        var model = Model(OddModels.Graph("y", Node(operation, "smallest minus", "q"), Node("Relu", "x", "y")).Add(5, Integers("smallest", 3, long.MinValue)).Add(5, Integers("minus", 1, -1)));
        Refused(model, "divides the smallest Int64 by −1");
    }

    [Test]
    public void Message_OfHostileNames_IsPrintableAndShort()
    {
        var error = Assert.Throws<ModelFormatException>(() => OnnxReader.Read(Model(OddModels.Graph("y", Node("Relu", $"\u001b[2J{new string('n', 100_000)}", "y")))));
        Assert.That(error!.Message.Any(char.IsControl), Is.False);
        Assert.That(error.Message, Has.Length.LessThan(2100).And.Contains("\\u001b"));
    }

    [Test]
    public void Read_UnknownFieldsAndGroups_ArePassedOver()
    {
        byte[] group = [0x9B, 0x06, 0x08, 0x01, 0xA3, 0x06, 0xA4, 0x06, 0x9C, 0x06];
        var model = OnnxReader.Read(new[] { Model(OddModels.Graph("y", Node("Relu", "x", "y"))), group }.SelectMany(part => part).ToArray());
        Assert.That(model.Graph.Nodes, Has.Count.EqualTo(1));
    }

    [TestCase("9B0608", "truncated")]
    [TestCase("9B06A406", "group 99 holds field 100")]
    [TestCase("9C06", "wire type 4")]
    public void Read_GroupsThatDoNotEnd_AreRefused(string bytes, string reason) =>
        Assert.That(() => OnnxReader.Read(Convert.FromHexString(bytes)), Throws.InstanceOf<ModelFormatException>().With.Message.Contains(reason));

    [Test]
    public void Read_GroupsInGroups_AreRefusedWithoutRecursion() =>
        Assert.That(
            () => OnnxReader.Read(Enumerable.Repeat(new byte[] { 0x9B, 0x06 }, 1_000_000).SelectMany(key => key).ToArray()),
            Throws.InstanceOf<ModelFormatException>().With.Message.Contains("100 deep"));

    [TestCase("chain")]
    [TestCase("one value read often")]
    [TestCase("one dequantized value read often")]
    [TestCase("identities")]
    [TestCase("many outputs")]
    [TestCase("identities before outputs")]
    [TestCase("many operands")]
    [TestCase("branches")]
    [TestCase("functions")]
    [TestCase("attributes")]
    [TestCase("other attributes")]
    [TestCase("constants that begin alike")]
    [TestCase("known conditions")]
    [TestCase("transposes of one value")]
    public void Pipeline_FourTimesTheNodes_TakesAboutFourTimesAsLong(string what) => TakesAboutFourTimesAsLong(count => Wide(what, count), Pipeline);

    [Test]
    public void Upgrade_FourTimesTheReadersOfOneValue_TakesAboutFourTimesAsLong() => TakesAboutFourTimesAsLong(
        count => Model(OddModels.Graph("y0", Enumerable.Range(0, count).Select(i => Node("Unsqueeze", "x", $"y{i}", new WireMessage(MessageKind.Attribute).Add(1, "axes").Add(8, 0).Add(20, 7)))), 11),
        bytes =>
        {
            var model = OnnxReader.Read(bytes);
            ModelUpgrade.To(model, 18);
            Assert.That(model.Graph.Nodes[0].Inputs, Has.Count.EqualTo(2));
        });

    /// <summary>One in each branch, so that each has a graph of its own.</summary>
    [Test]
    public void Simplify_FourTimesTheConstantsThroughAnEvaluator_TakesAboutFourTimesAsLong() => TakesAboutFourTimesAsLong(
        count => Model(Outputs(OddModels.Graph("y0", Enumerable.Range(0, count).Select(i => Node("If", "c", $"y{i}", Body("then_branch", Computed($"a{i}")), Body("else_branch", Branch($"b{i}"))))), count)
            .Add(11, Value("c", DataType.Boolean)).Add(5, Tensor("w", DataType.Float32, 1).Add(9, new byte[4]))),
        bytes =>
        {
            var model = OnnxReader.Read(bytes);
            var steps = GraphRewrites.Simplify(model, (small, _) => [.. small.Graph.Outputs.Select(output => new ConstantTensor(output.Element, output.Shape, new byte[4]))]);
            Assert.That(steps.Single(step => step.Rewrite == "fold-constants").Count, Is.GreaterThan(1));
        });

    [Test]
    public void Read_ANameOfManyBytes_IsRefused()
    {
        Assert.That(
            () => OnnxReader.Read(Model(OddModels.Graph("y", Node("Relu", "x", "y").Add(3, new string('n', 70_000))))),
            Throws.InstanceOf<ModelFormatException>().With.Message.Contains("70000 bytes").And.Message.Contains("MaxNameBytes"));
        Assert.That(() => OnnxReader.Read(Model(OddModels.Graph(new string('é', 30_000), Node("Relu", "x", new string('é', 30_000))))), Throws.Nothing);
    }

    [Test]
    public void Simplify_ALongNameAroundManyNodes_TakesLittleMemory()
    {
        var branch = new WireMessage(MessageKind.Graph).Add(2, "b").Add(12, new WireMessage(MessageKind.ValueInfo).Add(1, "b2000"));
        for (var i = 0; i < 2000; i++)
        {
            branch.Add(1, Node("Relu", i == 0 ? "x" : $"b{i}", $"b{i + 1}"));
        }

        var choice = Node("If", "yes", "y", Body("then_branch", branch), Body("else_branch", Branch("c"))).Add(3, new string('n', 60_000));
        Assert.That(Allocated(Model(OddModels.Graph("y", choice).Add(5, Tensor("yes", DataType.Boolean).Add(9, [1])))), Is.LessThan(64 << 20), "of 240 MB that 2000 names would have");
    }

    [Test]
    public void Inline_FourTimesTheCallsThatReadOneValue_TakesAboutFourTimesAsLong() => TakesAboutFourTimesAsLong(
        count => Model(
            OddModels.Graph("y0", Enumerable.Range(0, count).Select(i => Node("Twice", "x", $"y{i}").Add(7, "f"))),
            new WireMessage(MessageKind.Function).Add(1, "Twice").Add(4, "a").Add(5, "b").Add(7, Node("Relu", "a", "t")).Add(7, Node("Add", "a t", "b"))
                .Add(9, new WireMessage(MessageKind.OperatorSet).Add(1, "").Add(2, 18)).Add(10, "f")),
        bytes =>
        {
            var model = OnnxReader.Read(bytes);
            FunctionInlining.Run(model);
            Assert.That(model.Graph.Nodes[0].Domain, Is.Empty);
        });

    /// <summary>A square would take 16 times as long. What ends within the noise of collections and of the compiler says nothing, so sizes grow out of it first.</summary>
    private static void TakesAboutFourTimesAsLong(Func<int, byte[]> model, Action<byte[]> work)
    {
        var (few, most) = (4000, 32_000);
        var least = Least(model(few), work);
        while (least.TotalMilliseconds < 60 && few < most)
        {
            few *= 2;
            least = Least(model(few), work);
        }

        var fourTimes = Least(model(4 * few), work);
        var found = $"{least.TotalMilliseconds:0.0} ms for {few}, {fourTimes.TotalMilliseconds:0.0} ms for {4 * few}";
        TestContext.Out.WriteLine(found);
        Assert.That(fourTimes / least, Is.LessThan(10), found);
    }

    private static byte[] Wide(string what, int count) => what switch
    {
        "chain" => Chain(count, i => Node("Relu", $"v{i}", $"v{i + 1}")),
        "identities" => Chain(count, i => Node(i % 2 == 0 ? "Identity" : "Relu", $"v{i}", $"v{i + 1}")),
        "one value read often" => Model(OddModels.Graph("y0", Enumerable.Range(0, count).SelectMany(i => new[] { Node("Identity", "x", $"i{i}"), Node("Relu", $"i{i}", $"y{i}") }))),
        "one dequantized value read often" => Model(Quantized(OddModels.Graph("y0", Node("QuantizeLinear", "x scale zero", "q"), Node("DequantizeLinear", "q scale zero", "d")), count)),
        "identities before outputs" => Model(Outputs(OddModels.Graph("y0", Enumerable.Range(0, count).SelectMany(i => new[] { Node("Relu", i == 0 ? "x" : $"r{i - 1}", $"r{i}"), Node("Identity", $"r{i}", $"y{i}") })), count)),
        "many operands" => Model(OddModels.Graph("y", [.. Enumerable.Range(0, count).Select(i => Node("Identity", "x", $"i{i}")), Node("Concat", string.Join(' ', Enumerable.Range(0, count).Select(i => $"i{i}")), "y", Attribute("axis", 0))])),
        "many outputs" => Model(Outputs(OddModels.Graph("y0", Enumerable.Range(0, count).Select(i => Node("Relu", "x", $"y{i}"))), count)),
        "branches" => Model(OddModels.Graph("y0", Enumerable.Range(0, count).Select(i => Node("If", "c", $"y{i}", Body("then_branch", Branch($"a{i}")), Body("else_branch", Branch($"b{i}"))))).Add(11, Value("c", DataType.Boolean))),
        "other attributes" => Model(Outputs(OddModels.Graph("y0", Enumerable.Range(0, count).Select(i => Node("EyeLike", "x", $"y{i}", Attribute("k", i)))), count)),
        "constants that begin alike" => Model(Outputs(Constants(OddModels.Graph("y0", Enumerable.Range(0, count).Select(i => Node("Add", $"x w{i}", $"y{i}"))), count), count)),
        "known conditions" => Model(Outputs(OddModels.Graph("y0", Enumerable.Range(0, count).Select(i => Node("If", "yes", $"y{i}", Body("then_branch", Branch($"a{i}")), Body("else_branch", Branch($"b{i}"))))), count).Add(5, Tensor("yes", DataType.Boolean).Add(9, [1]))),
        "transposes of one value" => Model(Outputs(OddModels.Graph("y0", [Node("Transpose", "x", "t"), Node("Relu", "t", "r"), .. Enumerable.Range(0, count).Select(i => Node("Transpose", "r", $"y{i}"))]), count)),
        "functions" => Model(OddModels.Graph("y0", Enumerable.Range(0, count).Select(i => Node("Relu", "x", $"y{i}"))), Enumerable.Range(0, count).Select(i => new WireMessage(MessageKind.Function).Add(1, $"F{i}").Add(10, "f"))),
        _ => Model(OddModels.Graph("y", Node("Anything", "x", "y", Enumerable.Range(0, count).Select(i => Attribute($"a{i}", i))).Add(7, "f"))),
    };

    private static WireMessage Outputs(WireMessage graph, int count)
    {
        for (var i = 1; i < count; i++)
        {
            graph.Add(12, new WireMessage(MessageKind.ValueInfo).Add(1, $"y{i}"));
        }

        return graph;
    }

    /// <summary>Vectors that differ in their last element only.</summary>
    private static WireMessage Constants(WireMessage graph, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var bytes = new byte[96];
            BitConverter.TryWriteBytes(bytes.AsSpan(^4), (float)i);
            graph.Add(5, Tensor($"w{i}", DataType.Float32, 8, 1, 3).Add(9, bytes));
        }

        return graph;
    }

    private static WireMessage Computed(string name) =>
        new WireMessage(MessageKind.Graph).Add(2, name).Add(1, Node("Exp", "w", $"e{name}")).Add(1, Node("Add", $"x e{name}", name)).Add(12, new WireMessage(MessageKind.ValueInfo).Add(1, name));

    private static WireMessage Branch(string name) =>
        new WireMessage(MessageKind.Graph).Add(2, name).Add(1, Node("Relu", "x", name)).Add(12, new WireMessage(MessageKind.ValueInfo).Add(1, name));

    private static byte[] Chain(int count, Func<int, WireMessage> node, DataType type = DataType.Float32) =>
        Model(OddModels.Graph($"v{count}", Enumerable.Range(0, count).Select(node)).Add(11, Value("v0", type, 2, 2)));

    private static WireMessage Quantized(WireMessage graph, int count)
    {
        for (var i = 0; i < count; i++)
        {
            graph.Add(1, Node("Relu", "d", $"r{i}")).Add(1, Node("QuantizeLinear", $"r{i} scale zero", $"y{i}"));
        }

        return Outputs(graph, count).Add(5, Tensor("scale", DataType.Float32).Add(9, [0, 0, 0, 0x3E])).Add(5, Tensor("zero", DataType.UInt8).Add(9, [3]));
    }

    private static TimeSpan Least(byte[] model, Action<byte[]> work) => Enumerable.Range(0, 3).Min(_ =>
    {
        GC.Collect();
        var started = Environment.CpuUsage.TotalTime;
        work(model);
        return Environment.CpuUsage.TotalTime - started;
    });

    private static void Pipeline(byte[] bytes)
    {
        var model = OnnxReader.Read(bytes);
        ModelUpgrade.Run(model);
        FunctionInlining.Run(model);
        GraphVerifier.Verify(model);
        ShapeInference.Infer(model);
        GraphRewrites.Simplify(model);
        Assert.That(OnnxWriter.ToBytes(model), Is.Not.Empty);
    }

    private static long Allocated(byte[] bytes)
    {
        Pipeline(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Pipeline(bytes);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Refused(byte[] bytes, string reason) =>
        Assert.That(() => Pipeline(bytes), Throws.InstanceOf<ModelFormatException>().With.Message.Contains(reason));
}
