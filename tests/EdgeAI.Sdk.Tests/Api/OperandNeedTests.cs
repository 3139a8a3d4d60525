using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;
using EdgeAI.Sdk.Tests.Graph;

namespace EdgeAI.Sdk.Tests.Api;

/// <summary>Ranks, counts and extents that ONNX Runtime does not survive: without checks and guards these take the test's process down.</summary>
public sealed class OperandNeedTests : ApiFixture
{
    /// <summary>A node that reads "t", the type and a good shape of that, and shapes that are not.</summary>
    private static readonly (string Name, DataType Type, long[] Good, long[][] Bad, Func<TestGraph, Value, Value> Node)[] Cases =
    [
        ("LSTM", DataType.Float32, [2, 1, 3], [[6], [2, 3], [1, 1, 2, 3], [2, 0, 3]], (graph, t) => Recurrent(graph, "LSTM", 4, t)),
        ("GRU", DataType.Float32, [2, 1, 3], [[6], [0, 1, 3], [1, 0, 3]], (graph, t) => Recurrent(graph, "GRU", 3, t)),
        ("RNN", DataType.Float32, [2, 1, 3], [[6], [1, 6]], (graph, t) => Recurrent(graph, "RNN", 1, t)),
        ("ReverseSequence", DataType.Float32, [2, 3], [[6]], (graph, t) => graph.Node("ReverseSequence", "", t, graph.Vector(1L, 2, 1))),
        ("Concat", DataType.Float32, [2, 3], [[0]], (graph, t) => graph.Node("Concat", "axis=1", Floats(graph, 2, 3), t)),
        ("Concat from behind", DataType.Float32, [2, 3], [[0]], (graph, t) => graph.Node("Concat", "axis=-1", t, Floats(graph, 2, 3))),
        ("Concat at the first axis", DataType.Float32, [2, 3], [[0]], (graph, t) => graph.Node("Concat", "axis=0", Floats(graph, 2, 3), t)),
        ("Einsum", DataType.Float32, [2, 3], [[6], [1, 1, 6]], (graph, t) => graph.Node("Einsum", "equation=ij->ji", t)),
        ("Einsum with dots", DataType.Float32, [2, 3], [[6]], (graph, t) => graph.Node("Einsum", "equation=...ij->...ji", t)),
        ("ConvInteger", DataType.UInt8, [1, 1, 2, 3], [[6]], (graph, t) => graph.Node("ConvInteger", "", t, graph.Constant<byte>(new Shape(1, 1, 1, 1), 2))),
        ("ConvTranspose", DataType.Float32, [1, 1, 6], [[1, 1, 0]], (graph, t) => graph.Node("ConvTranspose", "", t, Floats(graph, 1, 1, 2))),
        ("Unique", DataType.Float32, [2, 3], [[2, 0]], (graph, t) => graph.Node("Unique", "axis=0", t)),
        ("DFT", DataType.Float32, [1, 6, 1], [[1, 0, 1]], (graph, t) => graph.Node("DFT", "axis=1", t)),
        ("Dropout", DataType.Boolean, [], [[0], [0, 2]], (graph, t) => graph.Node("Dropout", "", Floats(graph, 2), graph.Constant(Shape.Scalar, 0f), t)),
        ("QLinearConcat", DataType.UInt8, [2, 3], [[0], [6]], (graph, t) => graph.Node("com.microsoft/QLinearConcat", "axis=1", [.. Scale(graph), graph.Constant<byte>(new Shape(2, 3), 1, 2, 3, 4, 5, 6), .. Scale(graph), t, .. Scale(graph)])),
        ("QLinearConv of Microsoft", DataType.Int8, [1, 1, 1, 1], [[], [1]], (graph, t) => graph.Node("com.microsoft/QLinearConv", "", [graph.Constant<byte>(new Shape(1, 1, 1, 2), 1, 2), .. Scale(graph), t, graph.Constant(Shape.Scalar, 0.1f), graph.Constant<sbyte>(Shape.Scalar, 0), .. Scale(graph)])),
        ("DynamicQuantizeLSTM", DataType.Float32, [2, 1, 3], [[6], [2, 3], [2, 0, 3]], (graph, t) => graph.Node("com.microsoft/DynamicQuantizeLSTM", "hidden_size=2",
            [t, Bytes(graph, 1, 3, 8), Bytes(graph, 1, 2, 8), null, null, null, null, null, Floats(graph, 1), Bytes(graph, 1), Floats(graph, 1), Bytes(graph, 1)])),
        ("CropAndResize", DataType.Float32, [1, 1, 2, 3], [[6], [2, 3], [1, 2, 3]], (graph, t) => graph.Node("com.microsoft/CropAndResize", "", t, Floats(graph, 1, 4), graph.Vector(0), graph.Vector(2, 2))),
        ("Inverse", DataType.Float32, [1, 2, 2], [[4], [1, 4], [2, 0], [2, 1, 2]], (graph, t) => graph.Node("com.microsoft/Inverse", "", t)),
        ("Loop", DataType.Int64, [1], [[0], [0, 2]], Loop),
    ];

    private static IEnumerable<TestCaseData> Bads => Cases.SelectMany((item, index) => item.Bad.Select(bad => new TestCaseData(index, bad).SetArgDisplayNames(item.Name, string.Join('x', bad))));

    private static IEnumerable<TestCaseData> Goods => Cases.Select((item, index) => new TestCaseData(index).SetArgDisplayNames(item.Name));

    [TestCaseSource(nameof(Bads))]
    public void Load_ShapeThatIsKnownNotToFit_IsRefused(int index, long[] bad)
    {
        var bytes = Fixed(index, bad);
        Assert.That(() => Load(bytes), Throws.InstanceOf<ModelFormatException>().With.Message.Contains("expected"));
    }

    [TestCaseSource(nameof(Bads))]
    public void Run_ShapeThatTheRunDecides_FailsAndTheModelGoesOn(int index, long[] bad)
    {
        using var model = Load(OnnxWriter.ToBytes(Open(index)));
        Assert.That(() => model.Run(OpenFeeds(index, bad)), Throws.InstanceOf<DeviceFaultException>());
        Assert.That(() => model.Run(OpenFeeds(index, Cases[index].Good)), Throws.Nothing);
    }

    [TestCaseSource(nameof(Goods))]
    public void Run_ShapeThatFits_GivesWhatTheUnguardedModelGives(int index)
    {
        var (type, good) = (Cases[index].Type, Cases[index].Good);
        using var guarded = Load(OnnxWriter.ToBytes(Open(index)));
        using var plain = Load(Fixed(index, good));
        var expected = plain.Run([EdgeTensor.FromBytes(type, new Shape(good), Elements(type, Count(good)))])[0];
        var found = guarded.Run(OpenFeeds(index, good))[0];
        Assert.That((found.Shape, found.Bytes.ToArray()), Is.EqualTo((expected.Shape, expected.Bytes.ToArray())));
    }

    [TestCaseSource(nameof(Goods))]
    public void Guard_WrittenAndRead_IsKnownAgain(int index)
    {
        var model = Open(index);
        ShapeInference.Infer(model);
        Assert.That(GraphRewrites.GuardOperands.Apply(model), Is.EqualTo(1));
        var again = OnnxReader.Read(OnnxWriter.ToBytes(model));
        GraphVerifier.Verify(again);
        ShapeInference.Infer(again);
        Assert.That(GraphRewrites.GuardOperands.Apply(again), Is.Zero);
    }

    /// <summary>Nothing is known of either operand; the empty one may be the first or the second.</summary>
    [Test]
    public void Run_ConcatOfTwoUnknownRanks_JoinsOrFails([Values(0, 1, -1)] int axis, [Values] bool isEmptyFirst)
    {
        var graph = new TestGraph(17);
        var (x, end, extents) = (graph.Input("f32[6]"), graph.Input("i64[1]"), graph.Input("i64[2]"));
        var (flags, allFlags) = (graph.Input("bool[2]"), graph.Input("bool[2]"));
        var empty = graph.Node("Reshape", "allowzero=1", graph.Node("Slice", "", x, graph.Vector(0L), end), graph.Node("Compress", "", extents, flags));
        var full = graph.Node("Reshape", "", x, graph.Node("Compress", "", graph.Vector(2L, 3), allFlags));
        graph.Output(graph.Node("Concat", $"axis={axis}", isEmptyFirst ? [empty, full] : [full, empty]));
        using var model = Load(OnnxWriter.ToBytes(graph.Model));
        Assert.That(() => model.Run(Feeds(0, 0, 1, isMatrix: false)), Throws.InstanceOf<DeviceFaultException>());
        Assert.That(model.Run(Feeds(6, 2, 3, isMatrix: true))[0].Bytes.Length, Is.EqualTo(48));

        static List<EdgeTensor> Feeds(long count, long rows, long columns, bool isMatrix) =>
        [
            EdgeTensor.Of<float>([1, 2, 3, 4, 5, 6], 6), EdgeTensor.Of<long>([count], 1), EdgeTensor.Of<long>([rows, columns], 2),
            EdgeTensor.Of<bool>([true, isMatrix], 2), EdgeTensor.Of<bool>([true, true], 2),
        ];
    }

    [Test]
    public void Load_OneHotOfNoDepth_IsRefused()
    {
        var graph = new TestGraph(17);
        graph.Output(graph.Node("OneHot", "", graph.Vector(1L, 2), graph.Constant<long>(new Shape(0L)), graph.Vector(0L, 1)));
        Assert.That(() => Load(OnnxWriter.ToBytes(graph.Model)), Throws.InstanceOf<ModelFormatException>().With.Message.Contains("one element"));
    }

    /// <summary>Tensors of a sequence, of which the second may have another rank than the first; 11 is before sequences may be carried by loops.</summary>
    [Test]
    public void Run_SequenceOfRanksThatTheRunDecides_IsJoinedOrRefused([Values(11, 17)] int opset)
    {
        var graph = new TestGraph(opset);
        var (x, end, extents, flags) = (graph.Input("f32[6]"), graph.Input("i64[1]"), graph.Input("i64[6]"), graph.Input("bool[6]"));
        var t = graph.Node("Reshape", "", graph.Node("Slice", "", x, graph.Vector(0L), end), graph.Node("Compress", "", extents, flags));
        graph.Output(graph.Node("ConcatFromSequence", "axis=1", graph.Node("SequenceConstruct", "", Floats(graph, 2, 3), t)));
        using var model = Load(OnnxWriter.ToBytes(graph.Model));
        Assert.That(() => model.Run(Feeds(0, 0)), Throws.InstanceOf<DeviceFaultException>());
        Assert.That(model.Run(Feeds(6, 2, 3))[0].AsSpan<float>().ToArray(), Is.EqualTo(new[] { 0f, 0.1f, 0.2f, 1, 2, 3, 0.3f, 0.4f, 0.5f, 4, 5, 6 }).Within(1e-6f));

        List<EdgeTensor> Feeds(long count, params long[] shape) =>
        [
            EdgeTensor.Of<float>([1, 2, 3, 4, 5, 6], 6), EdgeTensor.Of<long>([count], 1), EdgeTensor.Of<long>([.. shape, .. Enumerable.Repeat(1L, 6 - shape.Length)], 6),
            EdgeTensor.Of<bool>([.. Enumerable.Range(0, 6).Select(i => i < shape.Length)], 6),
        ];
    }

    /// <summary>"t" is an input of a shape that is known.</summary>
    private static byte[] Fixed(int index, long[] shape)
    {
        var graph = new TestGraph(17);
        var t = graph.Graph.AddValue("t", new TensorType(Cases[index].Type, new Shape(shape)));
        graph.Graph.AddInput(t);
        graph.Output(Cases[index].Node(graph, t));
        return OnnxWriter.ToBytes(graph.Model);
    }

    /// <summary>"t" is the first so many elements of an input in a shape that is computed in the run.</summary>
    private static Model Open(int index)
    {
        var graph = new TestGraph(17);
        var x = graph.Graph.AddValue("x", new TensorType(Cases[index].Type, new Shape(Count(Cases[index].Good))));
        graph.Graph.AddInput(x);
        var (end, extents, flags) = (graph.Input("i64[1]"), graph.Input("i64[6]"), graph.Input("bool[6]"));
        var part = graph.Node("Slice", "", x, graph.Vector(0L), end);
        graph.Output(Cases[index].Node(graph, graph.Node("Reshape", "allowzero=1", part, graph.Node("Compress", "", extents, flags))));
        return graph.Model;
    }

    private static List<EdgeTensor> OpenFeeds(int index, long[] shape)
    {
        var (type, whole) = (Cases[index].Type, Count(Cases[index].Good));
        return
        [
            EdgeTensor.FromBytes(type, new Shape(whole), Elements(type, whole)),
            EdgeTensor.Of<long>([Count(shape)], 1),
            EdgeTensor.Of<long>([.. shape, .. Enumerable.Repeat(1L, 6 - shape.Length)], 6),
            EdgeTensor.Of<bool>([.. Enumerable.Range(0, 6).Select(i => i < shape.Length)], 6),
        ];
    }

    private static long Count(long[] shape) => shape.Aggregate(1L, (count, extent) => count * extent);

    private static byte[] Elements(DataType type, long count)
    {
        var bytes = new byte[type.ByteCount(count)];
        for (var i = 0; i < count && type == DataType.Float32; i++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(i * 4), i + 1f);
        }

        return bytes;
    }

    private static Value Floats(TestGraph graph, params long[] shape) =>
        graph.Constant<float>(new Shape(shape), [.. Enumerable.Range(0, (int)Count(shape)).Select(i => i * 0.1f)]);

    private static Value Bytes(TestGraph graph, params long[] shape) =>
        graph.Constant<byte>(new Shape(shape), [.. Enumerable.Range(0, (int)Count(shape)).Select(i => (byte)i)]);

    /// <summary>A scale of 0.1 and a zero point of 0.</summary>
    private static Value?[] Scale(TestGraph graph) => [graph.Constant(Shape.Scalar, 0.1f), graph.Constant<byte>(Shape.Scalar, 0)];

    private static Value Recurrent(TestGraph graph, string operation, long gates, Value t) =>
        graph.Node(operation, "hidden_size=2", t, Floats(graph, 1, gates * 2, 3), Floats(graph, 1, gates * 2, 2));

    /// <summary>"t" times x + x, from 1.</summary>
    private static Value Loop(TestGraph graph, Value t)
    {
        var body = new ModelGraph("body", graph.Graph);
        var (step, condition, carried) = (body.AddValue("step", TestGraph.TypeOf("i64[]")), body.AddValue("condition", TestGraph.TypeOf("bool[]")), body.AddValue("carried", TestGraph.TypeOf("f32[1]")));
        foreach (var input in (Value[])[step, condition, carried])
        {
            body.AddInput(input);
        }

        var (goesOn, doubled) = (body.AddValue("goes_on"), body.AddValue("doubled"));
        body.AddNode("Identity", [condition], [goesOn]);
        body.AddNode("Add", [carried, carried], [doubled]);
        body.AddOutput(goesOn);
        body.AddOutput(doubled);
        var result = graph.Graph.AddValue("result");
        graph.Graph.AddNode("Loop", [t, null, graph.Vector(1f)], [result], new AttributeList(new NodeAttribute("body", new AttributeValue.Graph(body))));
        return result;
    }
}
