using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Api;

/// <summary>What does not fit is said with its name, what was found and what was expected.</summary>
public sealed class MismatchTests : ApiFixture
{
    private static readonly EdgeTensor Fitting = EdgeTensor.Of<float>(new float[6], 2, 3);

    [Test]
    public void Run_WrongType_NamesInputFoundAndExpected() =>
        Refused([EdgeTensor.Of<int>(new int[6], 2, 3), Fitting], "Input 'a' is fed with Int32[2,3]; expected Float32[2,3].");

    [Test]
    public void Run_WrongShape_NamesInputFoundAndExpected() =>
        Refused([Fitting, EdgeTensor.Of<float>(new float[6], 3, 2)], "Input 'b' is fed with Float32[3,2]; expected Float32[2,3].");

    [Test]
    public void Run_TooFewTensors_NamesTheInputs() =>
        Refused([Fitting], "1 tensors are fed; the model has 2 inputs: a: Float32[2,3]; b: Float32[2,3].");

    [Test]
    public void Run_OneSpanForTwoInputs_SaysSo()
    {
        using var model = Load(AddRelu());
        Assert.That(() => model.Run<float>(new float[6]), Throws.TypeOf<TensorMismatchException>().With.Message.EqualTo(
            "model.onnx has 2 inputs (a: Float32[2,3]; b: Float32[2,3]); this call feeds one."));
    }

    [Test]
    public void Run_UnknownName_NamesIt()
    {
        using var model = Load(AddRelu());
        var feeds = new Dictionary<string, EdgeTensor> { ["a"] = Fitting, ["b"] = Fitting, ["c"] = Fitting };
        Assert.That(() => model.Run(feeds), Throws.TypeOf<TensorMismatchException>().With.Message.EqualTo(
            "There is no input 'c'. The model has: a: Float32[2,3]; b: Float32[2,3]."));
    }

    [Test]
    public void Run_MissingName_NamesIt()
    {
        using var model = Load(AddRelu());
        Assert.That(() => model.Run(new Dictionary<string, EdgeTensor> { ["a"] = Fitting }), Throws.TypeOf<TensorMismatchException>().With.Message.EqualTo(
            "Input 'b: Float32[2,3]' is missing."));
    }

    [TestCase(5, "Input 'x: Float32[batch,3]' cannot be fed with 5 elements; expected a multiple of 3.")]
    public void Run_WrongCount_NamesTheInput(int count, string message)
    {
        using var model = Load(DoubleBatch());
        Assert.That(() => model.Run<float>(new float[count]), Throws.TypeOf<TensorMismatchException>().With.Message.EqualTo(message));
    }

    [Test]
    public void Run_TwoNumbersForOneSymbol_SaysSo()
    {
        using var model = Load(new TinyOnnx().Input("a", DataType.Float32, "n").Input("b", DataType.Float32, "n").Output("y", DataType.Float32, "n").Node("Add", "a b", "y").Build());
        Assert.That(() => model.Run([EdgeTensor.Of<float>(new float[2], 2), EdgeTensor.Of<float>(new float[3], 3)]), Throws.TypeOf<TensorMismatchException>()
            .With.Message.EqualTo("Input 'b' is fed with Float32[3]: dimension 'n' is 3 here and 2 before."));
    }

    [Test]
    public void Result_WrongTypeOrName_SaysWhatThereIs()
    {
        using var model = Load(AddRelu());
        var result = model.Run([Fitting, Fitting]);
        Assert.Multiple(() =>
        {
            Assert.That(() => result.AsSpan<int>().Length, Throws.TypeOf<TensorMismatchException>().With.Message.EqualTo("The tensor holds Float32; asked for Int32."));
            Assert.That(() => result["z"], Throws.TypeOf<KeyNotFoundException>().With.Message.EqualTo("There is no output 'z'. The model has: y."));
        });
    }

    [Test]
    public void Tensor_BytesThatDoNotFill_AreRefused() => Assert.Multiple(() =>
    {
        Assert.That(() => EdgeTensor.Of<float>(new float[5], 2, 3), Throws.TypeOf<TensorMismatchException>().With.Message.EqualTo("A tensor Float32[2,3] has 24 bytes; found 20."));
        Assert.That(() => EdgeTensor.OfStrings(["a"], 2), Throws.TypeOf<TensorMismatchException>().With.Message.EqualTo("Shape [2] has 2 elements; found 1 texts."));
    });

    private void Refused(EdgeTensor[] feeds, string message)
    {
        using var model = Load(AddRelu());
        Assert.That(() => model.Run(feeds), Throws.TypeOf<TensorMismatchException>().With.Message.EqualTo(message));
        Assert.That(model.Run([Fitting, Fitting]), Has.Count.EqualTo(1), "the model runs on");
    }
}
