using System.Collections.Concurrent;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;

namespace EdgeAI.Sdk.Tests.Api;

/// <summary>Feeding, running and reading.</summary>
public sealed class RunTests : ApiFixture
{
    private static readonly float[] A = [1, -2, 3, -4, 5, -6];
    private static readonly float[] B = [1, 1, 1, 1, 1, 1];

    [Test]
    public void Run_TensorsInOrder_GivesTypedOutputs()
    {
        using var model = Load(AddRelu());
        var result = model.Run([EdgeTensor.Of<float>(A, 2, 3), EdgeTensor.Of<float>(B, 2, 3)]);
        Assert.Multiple(() =>
        {
            Assert.That(result, Has.Count.EqualTo(1));
            Assert.That(result["y"].ToString(), Is.EqualTo("Float32[2,3]"));
            Assert.That(result.AsSpan<float>().ToArray(), Is.EqualTo(new float[] { 2, 0, 4, 0, 6, 0 }));
            Assert.That(result[0].AsTensorSpan<float>()[1, 1], Is.EqualTo(6f));
            Assert.That(result.Trace, Has.Length.EqualTo(model.Plan.Steps.Length));
            Assert.That(result.Plan, Is.SameAs(model.Plan));
        });
    }

    [Test]
    public void Run_TensorsByName_GivesTheSame()
    {
        using var model = Load(AddRelu());
        var result = model.Run(new Dictionary<string, EdgeTensor> { ["b"] = EdgeTensor.Of<float>(A, 2, 3), ["a"] = EdgeTensor.Of<float>(B, 2, 3) });
        Assert.That(result.AsSpan<float>().ToArray(), Is.EqualTo(new float[] { 2, 0, 4, 0, 6, 0 }));
    }

    [Test]
    public void Run_SymbolicBatch_IsCompiledForEachShape()
    {
        using var model = Load(DoubleBatch());
        var one = model.Run<float>([1, 2, 3]);
        var two = model.Run<float>([1, 2, 3, 4, 5, 6]);
        var again = model.Run<float>([7, 8, 9]);
        Assert.Multiple(() =>
        {
            Assert.That(model.Inputs[0].ToString(), Is.EqualTo("x: Float32[batch,3]"));
            Assert.That(one[0].Shape, Is.EqualTo(new Shape(1, 3)));
            Assert.That(two[0].Shape, Is.EqualTo(new Shape(2, 3)));
            Assert.That(two.AsSpan<float>().ToArray(), Is.EqualTo(new float[] { 2, 4, 6, 8, 10, 12 }));
            Assert.That(again.Plan, Is.SameAs(one.Plan));
            Assert.That(two.Plan, Is.Not.SameAs(one.Plan));
        });
    }

    [Test]
    public void Run_OutputThatIsAnInputOrConstant_KeepsItsName()
    {
        using var model = Load(new TinyOnnx().Input("x", DataType.Float32, 2).Output("x", DataType.Float32, 2).Output("c", DataType.Float32, 1).Output("y", DataType.Float32, 2)
            .Initializer("c", DataType.Float32, [1], [0, 0, 128, 63]).Node("Neg", "x", "y").Build());
        var result = model.Run<float>([3, 4]);
        Assert.Multiple(() =>
        {
            Assert.That(result["x"].AsSpan<float>().ToArray(), Is.EqualTo(new float[] { 3, 4 }));
            Assert.That(result["c"].AsSpan<float>().ToArray(), Is.EqualTo(new float[] { 1 }));
            Assert.That(result["y"].AsSpan<float>().ToArray(), Is.EqualTo(new float[] { -3, -4 }));
        });
    }

    [Test]
    public void Run_OutputOfUnknownSize_HasItsTrueShape()
    {
        using var model = Load(new TinyOnnx().Input("x", DataType.Float32, 4).Output("y", DataType.Int64, 1, "found").Node("NonZero", "x", "y").Build());
        Assert.Multiple(() =>
        {
            Assert.That(model.Run<float>([0, 5, 0, 6]).AsSpan<long>().ToArray(), Is.EqualTo(new long[] { 1, 3 }));
            Assert.That(model.Run<float>([0, 0, 0, 6])[0].Shape, Is.EqualTo(new Shape(1, 1)));
        });
    }

    [Test]
    public void Run_EmptyTensor_GivesAnEmptyTensor()
    {
        using var model = Load(DoubleBatch());
        Assert.That(model.Run([EdgeTensor.Of<float>([], 0, 3)])[0].Shape, Is.EqualTo(new Shape(0, 3)));
    }

    [Test]
    public void Run_FromManyThreads_GivesEachItsOwnAnswer()
    {
        using var model = Load(DoubleBatch());
        var wrong = new ConcurrentBag<string>();
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            var batch = 1 + (i % 3);
            var values = Enumerable.Range(0, batch * 3).Select(k => (float)((i * 10) + k)).ToArray();
            if (!model.Run<float>(values).AsSpan<float>().SequenceEqual(values.Select(value => value * 2).ToArray()))
            {
                wrong.Add($"run {i}");
            }
        });
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void Run_Cancelled_ThrowsAndTheModelRunsAgain()
    {
        using var model = Load(LongChain(200, 256));
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        var input = new float[256 * 256];
        Assert.That(() => RunForEver(), Throws.InstanceOf<OperationCanceledException>());
        using var early = new CancellationTokenSource();
        early.Cancel();
        Assert.That(() => model.Run<float>(input, early.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(model.Run<float>(input).AsSpan<float>().ToArray(), Is.All.Zero);

        void RunForEver()
        {
            while (true)
            {
                model.Run<float>(input, source.Token);
            }
        }
    }

    [Test]
    public void Run_Texts_AreFedAndRead()
    {
        using var model = Load(new TinyOnnx().Input("a", DataType.String, 2).Input("b", DataType.String, "n").Output("y", DataType.String, 2).Node("StringConcat", "a b", "y").Build(opset: 20));
        for (var i = 0; i < 2; i++)
        {
            var result = model.Run([EdgeTensor.OfStrings(["é", ""], 2), EdgeTensor.OfStrings([$"{i}"], 1)]);
            Assert.That(result[0].Strings, Is.EqualTo(new[] { $"é{i}", $"{i}" }));
        }
    }

    [Test]
    public void Run_MlNetModel_TakesText()
    {
        using var model = Runtime.Load(SharedData.Path("models", "sensor", "mlnet_breastcancer_lr.onnx"));
        var result = model.Run([EdgeTensor.OfStrings(["2"], 1, 1), EdgeTensor.Of<float>([5, 1, 1, 1, 2, 1, 3, 1], 1, 8)]);
        Assert.Multiple(() =>
        {
            Assert.That(result["Features.onnx"].AsSpan<float>().ToArray(), Is.EqualTo(new[] { 0.5f, 0.1f, 0.1f, 0.1f, 0.2f, 0.1f, 0.3f, 0.1f }).Within(1e-6));
            Assert.That(result["Score.onnx"].AsSpan<float>().ToArray().Sum(), Is.EqualTo(1).Within(1e-5));
        });
    }

    [Test]
    public void Run_IrisForest_GivesASequenceOfMaps()
    {
        using var model = Runtime.Load(SharedData.Path("models", "sensor", "rf_iris_sklearn.onnx"));
        var result = model.Run<float>([5.1f, 3.5f, 1.4f, 0.2f, 6.7f, 3.0f, 5.2f, 2.3f]);
        Assert.Multiple(() =>
        {
            Assert.That(result["output_label"].AsSpan<long>().ToArray(), Is.EqualTo(new[] { 0L, 2L }));
            Assert.That(result["output_probability"].Structure, Is.InstanceOf<OnnxValue.Sequence>());
            Assert.That(((OnnxValue.Sequence)result["output_probability"].Structure!).Items, Has.Length.EqualTo(2));
        });
    }
}
