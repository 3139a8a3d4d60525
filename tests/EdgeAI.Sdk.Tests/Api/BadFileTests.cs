using System.Text;
using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Api;

/// <summary>Files that are no valid models: one typed error that names file and place, and what is loaded lives on.</summary>
public sealed class BadFileTests : ApiFixture
{
    private EdgeModel _other = null!;

    [SetUp]
    public void LoadAnother() => _other = Load(DoubleBatch());

    [TearDown]
    public void OtherRunsOn()
    {
        using (_other)
        {
            Assert.That(_other.Run<float>([1, 2, 3]).AsSpan<float>().ToArray(), Is.EqualTo(new float[] { 2, 4, 6 }), "another model runs on");
        }
    }

    [Test]
    public void Load_NotOnnx_NamesTheFile() => Refused(Encoding.UTF8.GetBytes("This is a letter and no model, by any reading of it."), "bad.onnx");

    [Test]
    public void Load_Empty_NamesTheFile() => Refused([], "bad.onnx");

    [Test]
    public void Load_TensorOfMoreBytesThanCanBeCounted_NamesTheValue() =>
        Refused(
            new TinyOnnx().Input("x", EdgeAI.Hal.DataType.Float32, 1L << 40, 1L << 40).Output("y", EdgeAI.Hal.DataType.Float32, 1L << 40, 1L << 40).Node("Relu", "x", "y").Build(),
            "bad.onnx", "more than 2^63 bytes");

    [Test]
    public void Load_Missing_SaysSo() =>
        Assert.That(() => Runtime.Load(Path.Combine(Path.GetTempPath(), "there-is-no-such.onnx")), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains("there-is-no-such.onnx"));

    [Test]
    public void Load_TruncatedAnywhere_IsRefusedOrStillAModel()
    {
        var bytes = AddRelu();
        for (var length = 0; length < bytes.Length; length++)
        {
            Attempt(bytes[..length]);
        }
    }

    [Test]
    public void Load_AnyByteChanged_IsRefusedOrStillAModel()
    {
        const int Seed = 20;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        var bytes = AddRelu();
        for (var i = 0; i < 300; i++)
        {
            var changed = (byte[])bytes.Clone();
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            Attempt(changed);
        }
    }

    [Test]
    public void Load_UnknownOperator_NamesNode() =>
        Refused(Chain("Frobnicate"), "bad.onnx", "Frobnicate");

    [Test]
    public void Load_UnknownDomain_NamesNode() =>
        Refused(new TinyOnnx().Input("x", DataType.Float32, 2).Output("y", DataType.Float32, 2).Node("Relu", "x", "y", domain: "org.example").Build(), "bad.onnx", "org.example");

    [Test]
    public void Load_WrongOperandType_NamesNodeFoundAndExpected() =>
        Refused(new TinyOnnx().Input("x", DataType.Float32, 2).Input("i", DataType.Int32, 2).Output("y", DataType.Float32, 2).Node("Add", "x i", "y").Build(), "bad.onnx", "Add_y", "Int32");

    [Test]
    public void Load_ShapesThatDoNotFit_NamesNode() =>
        Refused(new TinyOnnx().Input("a", DataType.Float32, 2, 3).Input("b", DataType.Float32, 4, 5).Output("y", DataType.Float32, 2, 5).Node("MatMul", "a b", "y").Build(), "bad.onnx", "MatMul_y", "[2,3]", "[4,5]");

    [Test]
    public void Load_DeclaredOutputThatIsWrong_NamesIt() =>
        Refused(new TinyOnnx().Input("x", DataType.Float32, 2).Output("y", DataType.Float32, 3).Node("Relu", "x", "y").Build(), "bad.onnx", "Relu_y", "[2]", "[3]");

    [Test]
    public void Load_OperandThatNothingMakes_NamesIt() =>
        Refused(new TinyOnnx().Input("x", DataType.Float32, 2).Output("y", DataType.Float32, 2).Node("Add", "x ghost", "y").Build(), "bad.onnx", "ghost");

    [Test]
    public void Load_Cycle_NamesIt() =>
        Refused(new TinyOnnx().Input("x", DataType.Float32, 2).Output("y", DataType.Float32, 2).Node("Add", "x b", "y").Node("Relu", "y", "b").Build(), "bad.onnx", "cycle");

    [Test]
    public void Load_MissingWeightFile_NamesIt() =>
        Refused(new TinyOnnx().Input("x", DataType.Float32, 2).Output("y", DataType.Float32, 2).External("w", DataType.Float32, [2], "weights.bin", 0, 8).Node("Add", "x w", "y").Build(), "bad.onnx", "weights.bin");

    [Test]
    public void Load_WeightFileOutsideOfTheFolder_IsRefused() =>
        Refused(new TinyOnnx().Input("x", DataType.Float32, 2).Output("y", DataType.Float32, 2).External("w", DataType.Float32, [2], "../../etc/passwd", 0, 8).Node("Add", "x w", "y").Build(), "bad.onnx", "../../etc/passwd");

    [Test]
    public void Load_InitializerTooShort_NamesIt() =>
        Refused(new TinyOnnx().Input("x", DataType.Float32, 2).Output("y", DataType.Float32, 2).Initializer("w", DataType.Float32, [2], [1, 2, 3]).Node("Add", "x w", "y").Build(), "bad.onnx", "'w'");

    private static byte[] Chain(string op) =>
        new TinyOnnx().Input("x", DataType.Float32, 2).Output("y", DataType.Float32, 2).Node(op, "x", "y").Build();

    private void Refused(byte[] bytes, params string[] parts)
    {
        var error = Assert.Catch<EdgeException>(() => Runtime.Load(FileOf(bytes, "bad.onnx")))!;
        TestContext.Out.WriteLine($"{error.GetType().Name}: {error.Message}");
        Assert.Multiple(() =>
        {
            foreach (var part in parts)
            {
                Assert.That(error.Message, Does.Contain(part));
            }
        });
    }

    /// <summary>Any error must be one of ours; a model that can be loaded all the same must run or say why not.</summary>
    private void Attempt(byte[] bytes)
    {
        using var file = new TemporaryModel(bytes);
        try
        {
            using var model = Runtime.Load(file.Path);
            model.Run([.. ModelFeeds.Random(model.Inputs, new Dictionary<string, long>())]);
        }
        catch (Exception error) when (error is EdgeException or NotSupportedException)
        {
            Assert.That(error.Message, Is.Not.Empty);
        }
    }
}
