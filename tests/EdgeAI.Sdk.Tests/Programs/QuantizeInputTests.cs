using EdgeAI.Cli;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;
using EdgeAI.Sdk.Tests.Graph;

namespace EdgeAI.Sdk.Tests.Programs;

/// <summary>What edgeai quantize and evaluate refuse: one line and exit code 2.</summary>
[NonParallelizable]
public sealed class QuantizeInputTests
{
    private string _folder = "";

    [SetUp]
    public void CreateFolder()
    {
        _folder = Directory.CreateTempSubdirectory("edgeai-input").FullName;
        OnnxWriter.Write(Linear(), In("m.onnx"));
        File.WriteAllText(In("d.csv"), "a,b\n1,2\n-3,0.5\n");
        File.WriteAllText(In("l.csv"), "0\n1\n");
        File.WriteAllText(In("far.csv"), "0\n7\n");
        File.WriteAllText(In("few.csv"), "0\n");
        File.WriteAllText(In("empty.csv"), "a,b\n");
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("nothing is divided by 0", "--divide", "0")]
    [TestCase("expected one number", "--divide", ",")]
    [TestCase("expected at least 1", "--threads", "0")]
    [TestCase("expected at least 1", "--rank", "0")]
    [TestCase("--mean and --std are for pictures", "--mean", "1")]
    [TestCase("'Gemm' is one", "--exclude-op", "gemm")]
    [TestCase("the model has no such operator", "--exclude-op", "Nothing")]
    [TestCase("give one", "--min-sqnr", "20", "--max-loss", "1")]
    [TestCase("--max-loss needs --data and --labels", "--max-loss", "1")]
    [TestCase("are for --max-loss", "--data", "@d.csv")]
    [TestCase("class 7; the model tells 2 classes apart", "--max-loss", "1", "--data", "@d.csv", "--labels", "@far.csv")]
    [TestCase("1 classes for 2 samples", "--max-loss", "1", "--data", "@d.csv", "--labels", "@few.csv")]
    [TestCase("no samples whose accuracy", "--max-loss", "1", "--data", "@empty.csv", "--labels", "@l.csv")]
    [TestCase("there is no folder", "--output", "@no/where.onnx")]
    [TestCase("there is no folder", "--report", "@no/where.html")]
    public void Quantize_WrongOption_SaysSoInOneLineAndWritesNothing(string problem, params string[] options)
    {
        var run = Run(["quantize", In("m.onnx"), "--calibrate", In("d.csv"), .. options.Select(option => option.StartsWith('@') ? In(option[1..]) : option)]);
        Assert.That(run.ExitCode, Is.EqualTo(2), run.Error);
        Assert.That(run.Error, Does.StartWith("edgeai: ").And.Contain(problem).And.Not.Contain("   at "));
        Assert.That(File.Exists(In("m_int8.onnx")), Is.False);
    }

    [Test]
    public void Quantize_LabelledSamples_KeepsTheAccuracy()
    {
        var run = Run("quantize", In("m.onnx"), "--calibrate", In("d.csv"), "--max-loss", "100", "--data", In("d.csv"), "--labels", In("l.csv"), "--report", In("r.json"), "--rank", "100");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(Directory.GetFiles(_folder).Select(Path.GetFileName), Has.Some.EqualTo("m_int8.onnx").And.Some.EqualTo("r.json").And.None.EndsWith(".tmp"));
    }

    [Test]
    public void Quantize_ModelIsNotWritten_LeavesNoReport()
    {
        Directory.CreateDirectory(In("taken.onnx"));
        var run = Run("quantize", In("m.onnx"), "--calibrate", In("d.csv"), "--output", In("taken.onnx"), "--report", In("r.json"));
        Assert.That(run.ExitCode, Is.EqualTo(2), run.Error);
        Assert.That(Directory.GetFiles(_folder).Select(Path.GetFileName), Has.None.StartsWith("r.json"));
    }

    [Test]
    public void Labels_FileNamedTwice_SaysSo()
    {
        File.WriteAllText(In("twice.csv"), "a.png,0\na.png,1\n");
        Assert.That(() => new LabelSource(In("twice.csv"), ["a.png"]), Throws.TypeOf<TensorMismatchException>().With.Message.Contain("'a.png' is named twice"));
    }

    [Test]
    public void Labels_BoxesForSamplesThatAreNoFiles_SaysSo()
    {
        File.WriteAllText(In("boxes.json"), """{ "a.png": [[0, 1, 2, 3, 4]] }""");
        Assert.That(() => new LabelSource(In("boxes.json"), []).Boxes(0), Throws.TypeOf<TensorMismatchException>().With.Message.Contain("no files of a folder"));
    }

    [Test]
    public void Samples_Csv_AreCountedAndDivided()
    {
        var source = new SampleSource(In("d.csv"), [new TensorSpec("x", DataType.Float32, new Shape(1, 2))], new SampleSettings(2, [], [], false, 16000, int.MaxValue));
        Assert.That(source.Count, Is.EqualTo(2));
        Assert.That(source.Read().First()[0].AsSpan<float>().ToArray(), Is.EqualTo(new[] { 0.5f, 1f }));
    }

    [Test]
    public void Samples_ModelWithoutInputs_SaysSo() =>
        Assert.That(() => new SampleSource(In("d.csv"), [], new SampleSettings(null, [], [], false, 16000, 1)), Throws.TypeOf<TensorMismatchException>().With.Message.Contain("no inputs"));

    [TestCase(".jpg")]
    [TestCase(".bmp")]
    [TestCase(".png")]
    public void Picture_Damaged_IsATypedError(string extension)
    {
        byte[] start = extension == ".jpg" ? [0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8, 0, 8, 0, 8, 3] : extension == ".bmp" ? [0x42, 0x4D, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 13, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 1, 0, 24, 0] : [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0];
        File.WriteAllBytes(In("bad" + extension), start);
        Assert.That(() => PictureFile.Read(new TensorSpec("x", DataType.Float32, new Shape(1, 3, 2, 2)), In("bad" + extension), new SampleSettings(null, [], [], false, 16000, 1)), Throws.InstanceOf<EdgeException>());
    }

    private static Model Linear()
    {
        var test = new TestGraph(17);
        test.Output(test.Node("Gemm", "", test.Input("f32[1,2]", "x"), test.Constant<float>(new Shape(2, 2), 1, 2, 3, 4)));
        return test.Model;
    }

    private string In(string name) => Path.Combine(_folder, name);

    private static ProgramRun Run(params string[] args) => ProgramRun.Of("EdgeAI.Cli", args);
}
