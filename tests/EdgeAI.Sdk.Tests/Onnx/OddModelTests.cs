using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;
using EdgeAI.Onnx.Wire;

namespace EdgeAI.Sdk.Tests.Onnx;

/// <summary>Forms that files may have and few tools write, made field by field.</summary>
public sealed class OddModelTests
{
    [Test]
    public void WriteReadWrite_CarriedParts_AreAllKept()
    {
        var model = Carrying();
        var bytes = OnnxWriter.ToBytes(model);
        var read = OnnxReader.Read(bytes);
        ModelComparer.AssertEqual(read, model);
        Assert.That(OnnxWriter.ToBytes(read), Is.EqualTo(bytes));
        Assert.That(read.Graph.Nodes[0].Metadata, Is.EqualTo(model.Graph.Nodes[0].Metadata).And.Not.Empty);
        Assert.That(read.Graph.QuantizationAnnotations.Single().Parameters.Single().Value, Is.EqualTo("w"));
        GraphVerifier.Verify(read);
    }

    [Test]
    public void Write_ValuesMadeInAnotherOrder_GiveEqualBytes()
    {
        Assert.That(OnnxWriter.ToBytes(Chain(backwards: true)), Is.EqualTo(OnnxWriter.ToBytes(Chain(backwards: false))));
        var bytes = OnnxWriter.ToBytes(Chain(backwards: true));
        Assert.That(OnnxWriter.ToBytes(OnnxReader.Read(bytes)), Is.EqualTo(bytes));
    }

    [Test]
    public void Write_ToStreamBufferAndBytes_GivesTheSame()
    {
        var model = Carrying();
        using var stream = new MemoryStream();
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        OnnxWriter.Write(model, stream);
        OnnxWriter.Write(model, buffer);
        Assert.That(stream.ToArray(), Is.EqualTo(OnnxWriter.ToBytes(model)));
        Assert.That(buffer.WrittenMemory.ToArray(), Is.EqualTo(OnnxWriter.ToBytes(model)));
    }

    [Test]
    public void Read_AttributesWithoutKind_TakeItFromTheFieldThatIsThere()
    {
        var node = OneNode(node =>
        {
            Attribute(node, "pads", attribute => attribute.PackedInt64(AttributeFields.Ints, [1, -1]));
            Attribute(node, "alpha", attribute => attribute.Float(AttributeFields.Float, 0.5f));
        });
        Assert.That(node.Attributes.Ints("pads"), Is.EqualTo(new long[] { 1, -1 }));
        Assert.That(node.Attributes.Float("alpha", 0), Is.EqualTo(0.5f));
    }

    [Test]
    public void Read_AttributesThatLeaveOutTheirZero_HaveIt()
    {
        var node = OneNode(node =>
        {
            Attribute(node, "axis", attribute => attribute.Int64(AttributeFields.Kind, AttributeKinds.Int));
            Attribute(node, "axes", attribute => attribute.Int64(AttributeFields.Kind, AttributeKinds.Ints));
            Attribute(node, "mode", attribute => attribute.Int64(AttributeFields.Kind, AttributeKinds.Text));
        });
        Assert.That(node.Attributes.Int("axis", 7), Is.Zero);
        Assert.That(node.Attributes.Ints("axes"), Is.Empty);
        Assert.That(node.Attributes.Text("mode", "x"), Is.Empty);
    }

    [TestCase(AttributeKinds.Int, "says that it is INT; found FLOATS")]
    [TestCase(AttributeKinds.Tensor, "says that it is TENSOR; found FLOATS")]
    [TestCase(77, "kind 77 is unknown")]
    public void Read_AttributeOfAnotherKindThanItSays_NamesNodeAndAttribute(int kind, string reason) =>
        Assert.That(
            () => OneNode(node => Attribute(node, "a", attribute =>
            {
                attribute.Float(AttributeFields.Floats, 1);
                attribute.Int64(AttributeFields.Kind, kind);
            })),
            Refused($"Node 'n' (Odd) in graph 'g': attribute 'a': ").And.Message.Contains(reason));

    [Test]
    public void Read_AttributesWithNoneTwiceOrNoName_AreRefused()
    {
        Assert.That(() => OneNode(node => Attribute(node, "a", _ => { })), Refused("no kind and no value"));
        Assert.That(() => OneNode(node => Attribute(node, "", attribute => attribute.Int64(AttributeFields.Int, 1))), Refused("no name"));
        Assert.That(
            () => OneNode(node =>
            {
                Attribute(node, "a", attribute => attribute.Int64(AttributeFields.Int, 1));
                Attribute(node, "a", attribute => attribute.Int64(AttributeFields.Int, 2));
            }),
            Refused("'a' is there twice"));
    }

    [Test]
    public void Read_NodeNames_BecomeUniqueAndNotEmpty()
    {
        var model = OnnxReader.Read(RawModels.Model(graph =>
        {
            Input(graph, "x");
            foreach (var (name, output) in new[] { ("", "a"), ("same", "b"), ("same", "c"), ("Relu_1", "d") })
            {
                Node(graph, name, "Relu", ["x"], [output]);
            }
        }));
        var names = model.Graph.Nodes.Select(node => node.Name).ToList();
        Assert.That(names, Is.Unique.And.All.Not.Empty);
        Assert.That(names[1], Is.EqualTo("same"));
    }

    [Test]
    public void Read_BranchThatNamesItsOwnResultAsTheNodeDoes_IsNoCycle()
    {
        var model = OnnxReader.Read(RawModels.Model(graph =>
        {
            Input(graph, "c");
            Node(graph, "choose", "If", ["c"], ["y"], node => Subgraph(node, "then_branch", inner =>
            {
                Node(inner, "make", "Relu", ["late"], ["y"]);
                Node(inner, "use", "Relu", ["y"], ["z"]);
                inner.Message(GraphFields.Output, value => value.Text(ValueFields.Name, "z"));
            }));
            Node(graph, "before", "Relu", ["c"], ["late"]);
        }));
        Assert.That(model.Graph.Nodes.Select(node => node.Name), Is.EqualTo(new[] { "before", "choose" }), "sorted by what the branch captures");
        Assert.That(model.Graph.Values["late"].Consumers.Single().Name, Is.EqualTo("make"));
    }

    [Test]
    public void Read_InputWithInitializer_IsADefaultSinceIr4()
    {
        static byte[] Model(long irVersion) => RawModels.Model(
            graph =>
            {
                graph.Message(GraphFields.Initializer, tensor =>
                {
                    tensor.Int64(TensorFields.DataType, (int)DataType.UInt8);
                    tensor.Text(TensorFields.Name, "w");
                    tensor.Bytes(TensorFields.RawData, new byte[] { 3 });
                });
                Input(graph, "x");
                Input(graph, "w");
                Node(graph, "n", "Add", ["x", "w"], ["y"]);
            },
            irVersion);
        Assert.That(OnnxReader.Read(Model(4)).Graph.Inputs.Select(input => input.Name), Is.EqualTo(new[] { "x", "w" }));
        Assert.That(OnnxReader.Read(Model(3)).Graph.Inputs.Select(input => input.Name), Is.EqualTo(new[] { "x" }));
        Assert.That(OnnxReader.Read(OnnxWriter.ToBytes(OnnxReader.Read(Model(4)))).Graph.Inputs, Has.Count.EqualTo(2));
    }

    [Test]
    public void Read_NamesThatStandTwiceOrNotAtAll_AreRefused()
    {
        Assert.That(() => Read(graph => { Input(graph, "x"); Input(graph, "x"); }), Refused("'x' is defined twice"));
        Assert.That(() => Read(graph => { Input(graph, "x"); Node(graph, "n", "Relu", ["x"], ["x"]); }), Refused("'x' is defined twice"));
        Assert.That(() => Read(graph => { Input(graph, "x"); Node(graph, "n", "Split", ["x"], ["y", "y"]); }), Refused("'y' is defined twice"));
        Assert.That(() => Read(graph => Input(graph, "")), Refused("a input has no name"));
        Assert.That(() => Read(graph => graph.Message(GraphFields.Output, value => value.Text(ValueFields.Name, "lost"))), Refused("output 'lost' is made by no node"));
        Assert.That(() => Read(graph => Node(graph, "n", "", [], ["y"])), Refused("node 'n' names no operator"));
    }

    [Test]
    public void Read_InvalidText_IsRefusedWhereItIsAName() =>
        Assert.That(() => Read(graph => graph.Bytes(GraphFields.Name, new byte[] { 0xC3, 0x28 })), Refused("no valid UTF-8"));

    [Test]
    public void Read_ModelHeads_AreChecked()
    {
        Assert.That(() => OnnxReader.Read(RawModels.Model(_ => { }, irVersion: 0)), Refused("ir_version is 0"));
        Assert.That(() => OnnxReader.Read(RawModels.Model(_ => { }, model => model.Message(ModelFields.OpsetImport, import => import.Int64(OpsetFields.Version, -1)))), Refused("version -1; expected at least 1"));
        Assert.That(
            () => OnnxReader.Read(RawModels.Model(_ => { }, model => { Function(model); Function(model); })),
            Refused("Function 'f' of domain 'd' is defined twice"));
        Assert.That(() => OnnxReader.Read("Lorem ipsum"u8.ToArray(), name: "poem.txt"), Refused("poem.txt: not an ONNX model, or truncated"));
    }

    [Test]
    public void Read_Limits_AreOptions()
    {
        var bytes = RawModels.Model(graph =>
        {
            Input(graph, "x");
            Node(graph, "a", "Relu", ["x"], ["y"]);
            Node(graph, "b", "Relu", ["y"], ["z"]);
        });
        Assert.That(() => OnnxReader.Read(bytes, new OnnxReadOptions { MaxNodes = 1 }), Refused("more than 1 nodes"));
        Assert.That(() => OnnxReader.Read(bytes, new OnnxReadOptions { MaxValues = 2 }), Refused("more than 2 values"));
        Assert.That(OnnxReader.Read(bytes, new OnnxReadOptions { MaxNodes = 2, MaxValues = 3 }).Graph.Nodes, Has.Count.EqualTo(2));
    }

    [Test]
    public void Read_RankPastTheLimit_IsRefused()
    {
        var extents = Enumerable.Repeat(1L, 65).ToArray();
        Assert.That(
            () => Read(graph => graph.Message(GraphFields.Initializer, tensor =>
            {
                tensor.PackedInt64(TensorFields.Dims, extents);
                tensor.Int64(TensorFields.DataType, (int)DataType.UInt8);
                tensor.Text(TensorFields.Name, "w");
                tensor.Bytes(TensorFields.RawData, new byte[1]);
            })),
            Refused("tensor 'w': rank 65; expected at most 64"));
        var graph = new ModelGraph("g");
        graph.AddInput(graph.AddValue("x", new TensorType(DataType.Float32, new Shape(extents))));
        Assert.That(() => OnnxReader.Read(OnnxWriter.ToBytes(new Model(graph))), Refused("more than 64 extents"));
    }

    [Test]
    public void Read_ManyDefaultsInputsAndNodes_TakesLinearTime()
    {
        const int Count = 50_000;
        var bytes = RawModels.Model(graph =>
        {
            for (var i = 0; i < Count; i++)
            {
                graph.Message(GraphFields.Initializer, tensor =>
                {
                    tensor.Int64(TensorFields.DataType, (int)DataType.UInt8);
                    tensor.Text(TensorFields.Name, $"w{i}");
                    tensor.Bytes(TensorFields.RawData, new byte[1]);
                });
                Input(graph, $"w{i}");
                Node(graph, "same", "Relu", [i == 0 ? "w0" : $"y{i - 1}"], [$"y{i}"]);
            }
        });
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.That(OnnxReader.Read(bytes).Graph.Nodes, Has.Count.EqualTo(Count));
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)), "a quadratic reader needs minutes");
    }

    private static Model Carrying()
    {
        var graph = new ModelGraph("g") { Metadata = [new("graph", "1")], DocString = "text" };
        var x = graph.AddValue("x", new TensorType(DataType.Float32, new Shape([Dimension.Unknown, Dimension.Named("n")])));
        (x.DocString, x.Metadata) = ("input text", [new("k", "v"), new("k", "twice")]);
        graph.AddInput(x);
        var w = graph.AddConstant("w", ConstantTensor.Of<float>(Shape.Scalar, 2));
        (w.DocString, w.Metadata) = ("weight text", [new("weight", "w")]);
        var sparse = new SparseConstant("s", ConstantTensor.Of<float>(new Shape(1), 4), ConstantTensor.Of<long>(new Shape(1), 2), [9]);
        graph.SparseConstants.Add(sparse);
        var s = graph.AddValue("s", new SparseTensorType(DataType.Float32, new Shape(9)));
        var y = graph.AddValue("y", new TensorType(DataType.Float32, Shape.Unknown));
        var z = graph.AddValue("z");
        y.Metadata = [new("between", "1")];
        graph.AddNode("Anything", [x, w, s], [y], name: "n", domain: "d").Metadata = [new("node", "1")];
        graph.AddNode("f", [y, null], [null, z], new AttributeList(new NodeAttribute("a", new AttributeValue.Int(1), "why")), "call", "d").Overload = "o";
        graph.AddOutput(z);
        graph.QuantizationAnnotations.Add(new("y", [new("SCALE_TENSOR", "w")]));
        var model = new Model(graph) { IrVersion = 10 };
        model.OpsetImports["d"] = 1;
        model.Functions.Add(Function());
        return model;
    }

    private static ModelFunction Function()
    {
        var body = new ModelGraph("f") { Metadata = [new("function", "1")] };
        body.AddInput(body.AddValue("a", new TensorType(DataType.Float32, Shape.Scalar)));
        body.AddInput(body.AddValue("b"));
        var (c, e) = (body.AddValue("c"), body.AddValue("e", new TensorType(DataType.Float32, Shape.Scalar)));
        body.AddNode("Anything", [body.Inputs[0]], [c, e], new AttributeList(new NodeAttribute("alpha", new AttributeValue.Reference("p", AttributeKinds.Float))), domain: "d");
        body.AddOutput(c);
        body.AddOutput(e);
        var imports = System.Collections.Immutable.ImmutableSortedDictionary<string, long>.Empty.WithComparers(StringComparer.Ordinal).Add("d", 1);
        return new ModelFunction("d", "f", "o", ["a", "b"], ["c", "e"], ["p"], [new NodeAttribute("q", new AttributeValue.Float(2))], imports, body, "what it does");
    }

    private static Model Chain(bool backwards)
    {
        var graph = new ModelGraph("chain");
        var type = new TensorType(DataType.Float32, new Shape(2));
        graph.AddInput(graph.AddValue("x", type));
        string[] names = backwards ? ["c", "b", "a"] : ["a", "b", "c"];
        var values = names.Select(name => graph.AddValue(name, type)).OrderBy(value => value.Name, StringComparer.Ordinal).ToList();
        graph.AddNode("Relu", [graph.Inputs[0]], [values[0]]);
        graph.AddNode("Relu", [values[0]], [values[1]]);
        graph.AddNode("Relu", [values[1]], [values[2]]);
        graph.AddOutput(values[2]);
        var model = new Model(graph);
        model.OpsetImports[""] = 17;
        return model;
    }

    private static NUnit.Framework.Constraints.Constraint Refused(string reason) =>
        Throws.InstanceOf<ModelFormatException>().With.Message.Contains(reason);

    private static Model Read(Action<ProtoWriter> graph) => OnnxReader.Read(RawModels.Model(graph));

    private static Node OneNode(Action<ProtoWriter> write) => Read(graph =>
    {
        graph.Text(GraphFields.Name, "g");
        Node(graph, "n", "Odd", [], ["y"], write);
    }).Graph.Nodes[0];

    private static void Input(ProtoWriter graph, string name) => graph.Message(GraphFields.Input, value => value.Text(ValueFields.Name, name));

    private static void Node(ProtoWriter graph, string name, string operation, string[] inputs, string[] outputs, Action<ProtoWriter>? more = null) =>
        graph.Message(GraphFields.Node, node =>
        {
            Array.ForEach(inputs, input => node.Text(NodeFields.Input, input));
            Array.ForEach(outputs, output => node.Text(NodeFields.Output, output));
            node.Text(NodeFields.Name, name);
            node.Text(NodeFields.OpType, operation);
            more?.Invoke(node);
        });

    private static void Attribute(ProtoWriter node, string name, Action<ProtoWriter> value) => node.Message(NodeFields.Attribute, attribute =>
    {
        attribute.Text(AttributeFields.Name, name);
        value(attribute);
    });

    private static void Subgraph(ProtoWriter node, string name, Action<ProtoWriter> graph) =>
        Attribute(node, name, attribute =>
        {
            attribute.Message(AttributeFields.Graph, graph);
            attribute.Int64(AttributeFields.Kind, AttributeKinds.Graph);
        });

    private static void Function(ProtoWriter model) => model.Message(ModelFields.Functions, function =>
    {
        function.Text(FunctionFields.Name, "f");
        function.Text(FunctionFields.Domain, "d");
    });
}
