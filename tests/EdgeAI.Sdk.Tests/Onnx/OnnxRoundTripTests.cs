using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;

namespace EdgeAI.Sdk.Tests.Onnx;

public sealed class OnnxRoundTripTests
{
    private static IEnumerable<TestCaseData> Made() =>
    [
        new TestCaseData(SmallModels.Add()).SetArgDisplayNames("add"),
        new TestCaseData(SmallModels.Add(irVersion: 3)).SetArgDisplayNames("add, IR 3"),
        new TestCaseData(SmallModels.Branches()).SetArgDisplayNames("branches"),
        new TestCaseData(SmallModels.AllAttributes()).SetArgDisplayNames("attributes"),
    ];

    [TestCaseSource(nameof(Made))]
    public void WriteReadWrite_HandMadeModel_GivesEqualBytesAndText(Model model)
    {
        var bytes = OnnxWriter.ToBytes(model);
        var read = OnnxReader.Read(bytes);
        Assert.That(OnnxWriter.ToBytes(read), Is.EqualTo(bytes));
        Assert.That(GraphPrinter.Print(read), Is.EqualTo(GraphPrinter.Print(model)));
        ModelComparer.AssertEqual(read, model);
    }

    [Test]
    public void Read_EverySharedModel_IsWrittenWithoutLossAndStably()
    {
        foreach (var name in SharedData.Models())
        {
            var model = OnnxReader.Read(SharedData.Path("models", name));
            var written = OnnxWriter.ToBytes(model);
            var again = OnnxReader.Read(written);
            ModelComparer.AssertEqual(again, model, name);
            Assert.That(OnnxWriter.ToBytes(again).AsSpan().SequenceEqual(written), name);
        }
    }

    [Test]
    public void Read_InitializerAmongInputsBeforeIr4_IsAConstantAndNoInput()
    {
        var read = OnnxReader.Read(OnnxWriter.ToBytes(SmallModels.Add(irVersion: 3)));
        Assert.That(read.Graph.Inputs.Select(input => input.Name), Is.EqualTo(new[] { "x" }));
        Assert.That(read.Graph.Values["w"].Constant!.AsSpan<float>().ToArray(), Is.EqualTo(new float[] { 1, 2, 3 }));
    }

    [Test]
    public void Read_Subgraphs_CaptureTheVeryValuesOfTheOuterGraph()
    {
        var read = OnnxReader.Read(OnnxWriter.ToBytes(SmallModels.Branches()));
        var branch = read.Graph.Nodes[0].Attributes.Graph("then_branch")!;
        Assert.That(branch.Nodes[0].Inputs[0], Is.SameAs(read.Graph.Values["x"]));
        Assert.That(branch.Nodes[0].Inputs[1], Is.Null, "an operand that is left out");
        Assert.That(read.Graph.Values["x"].Consumers, Has.Count.EqualTo(2));
    }

    [Test]
    public void Read_LargeModel_MapsItsWeightsInsteadOfCopyingThem()
    {
        var path = SharedData.Path("models", "cls", "mobilenetv2_qdq_int8_op11.onnx");
        OnnxReader.Read(path);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var model = OnnxReader.Read(path);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var weights = model.Graph.Constants.Sum(value => (long)value.Constant!.Data.Length);
        Assert.That(weights, Is.GreaterThan(3_000_000));
        Assert.That(allocated, Is.LessThan(weights), "managed bytes for the graph itself; the weights are not among them");
        Assert.That(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(model.Graph.Constants.MaxBy(value => value.Constant!.Data.Length)!.Constant!.Data, out _), Is.False, "a slice of the map, not an array");
    }

    [Test]
    public void WriteWithExternalConstants_LargeConstant_BecomesAnInputAndABlobOverTheSameMemory()
    {
        var graph = new ModelGraph("g");
        var x = graph.AddValue("x", new TensorType(DataType.Float32, new Shape(64)));
        graph.AddInput(x);
        var weights = ConstantTensor.Of<float>(new Shape(64), new float[64]);
        var y = graph.AddValue("y", x.Type);
        graph.AddNode("Add", [x, graph.AddConstant("w", weights)], [y]);
        graph.AddOutput(y);
        var model = new Model(graph);
        model.OpsetImports[""] = 17;
        var (code, constants) = OnnxWriter.WriteWithExternalConstants(model);
        Assert.That(constants.Select(blob => blob.Name), Is.EqualTo(new[] { "w" }));
        Assert.That(constants[0].Data.Equals(weights.Data), "the same memory");
        Assert.That(OnnxReader.Read(code).Graph.Inputs.Select(input => input.Name), Is.EqualTo(new[] { "x", "w" }));
    }
}
