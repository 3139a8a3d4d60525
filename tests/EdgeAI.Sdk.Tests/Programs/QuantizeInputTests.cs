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
    private static readonly SampleSettings Plain = new(null, [], [], false, 16000, int.MaxValue);
    private static readonly TensorSpec Two = new("x", DataType.Float32, new Shape(1, 2));

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
        File.WriteAllText(In("boxes.json"), """{ "a.png": [[0, 1, 2, 3, 4]] }""");
        File.WriteAllText(In("classes.json"), """{ "a.png": 1 }""");
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("nothing is divided by 0", "--divide", "0")]
    [TestCase("--divide '': expected a number", "--divide", ",")]
    [TestCase("expected one number", "--divide", "1,2")]
    [TestCase("expected at least 1", "--threads", "0")]
    [TestCase("expected at least 1", "--rank", "0")]
    [TestCase("--mean, --std and --bgr are for pictures", "--mean", "1")]
    [TestCase("--mean, --std and --bgr are for pictures", "--bgr")]
    [TestCase("--mean '': expected a number", "--mean", ",")]
    [TestCase("--samples 0: expected at least 1", "--samples", "0")]
    [TestCase("--rate 0: expected at least 1", "--rate", "0")]
    [TestCase("--percentile is for --method percentile; found --method minmax", "--percentile", "99")]
    [TestCase("--weights uint8 needs --per-tensor", "--weights", "uint8")]
    [TestCase("is a folder; expected a file's name", "--output", "@")]
    [TestCase("is the file of --output", "--output", "@r.html", "--report", "@r.html")]
    [TestCase("boxes; expected a class", "--max-loss", "1", "--data", "@d.csv", "--labels", "@boxes.json")]
    [TestCase("belong to files", "--max-loss", "1", "--data", "@d.csv", "--labels", "@classes.json")]
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

    [TestCase("--score x needs --labels", "--score", "x")]
    [TestCase("--metric top needs --labels", "--metric", "top")]
    [TestCase("--boxes b is for --metric map; found top", "--labels", "@l.csv", "--boxes", "b")]
    [TestCase("expected top, auc or map", "--labels", "@l.csv", "--metric", "x")]
    [TestCase("holds classes; expected boxes", "--labels", "@l.csv", "--metric", "map")]
    [TestCase("holds boxes; expected a class", "--labels", "@boxes.json", "--metric", "top")]
    [TestCase("no files of a folder", "--labels", "@boxes.json")]
    [TestCase("1 classes for 2 samples", "--labels", "@few.csv")]
    [TestCase("class 7; the model tells 2 classes apart", "--labels", "@far.csv")]
    public void Evaluate_WrongOption_SaysSoInOneLine(string problem, params string[] options)
    {
        var run = Run(["evaluate", In("m.onnx"), "--data", In("d.csv"), .. options.Select(option => option.StartsWith('@') ? In(option[1..]) : option)]);
        Assert.That(run.ExitCode, Is.EqualTo(2), run.Error);
        Assert.That(run.Error, Does.StartWith("edgeai: ").And.Contain(problem).And.Not.Contain("   at "));
    }

    [Test]
    public void Quantize_Rank_TellsTheMostSensitiveLayers()
    {
        var run = Run("quantize", In("m.onnx"), "--calibrate", In("d.csv"), "--rank", "100");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("most sensitive layers:"));
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
        Assert.That(() => new LabelSource(In("boxes.json"), []).Boxes(0), Throws.TypeOf<TensorMismatchException>().With.Message.Contain("no files of a folder"));
    }

    [Test]
    public void Labels_NumberThatIsNotWhole_SaysSo()
    {
        WriteArray("half.npy", 1, 1.5f);
        Assert.That(() => new LabelSource(In("half.npy"), []), Throws.TypeOf<TensorMismatchException>().With.Message.Contain("half.npy: label 1.5 is no whole number"));
    }

    [Test]
    public void Samples_NoNumber_NamesFileAndLine()
    {
        File.WriteAllText(In("bad.csv"), "a,b\n1,2\n3,x\n");
        Assert.That(() => Source("bad.csv", Plain), Throws.TypeOf<TensorMismatchException>().With.Message.Contain("bad.csv, line 3: 'x' is no number"));
    }

    [Test]
    public void Samples_OneArrayForTwoInputs_SaysSo()
    {
        using (var archive = System.IO.Compression.ZipFile.Open(In("two.npz"), System.IO.Compression.ZipArchiveMode.Create))
        {
            archive.CreateEntry("a.npy");
        }

        Assert.That(() => new SampleSource(In("two.npz") + ":a", [Two, Two with { Name = "y" }], Plain), Throws.TypeOf<TensorMismatchException>().With.Message.Contain("the model has 2 inputs, one array is named"));
    }

    [Test]
    public void Samples_UpperCaseExtension_IsReadAsTheLowerCaseOne()
    {
        var folder = Directory.CreateDirectory(In("sounds")).FullName;
        File.Copy(SharedData.Path("inputs", "audio", "yes_1000ms.wav"), Path.Combine(folder, "X.WAV"));
        var sample = new SampleSource(folder, [new TensorSpec("x", DataType.Float32, new Shape(1, 16000))], Plain).Read().Single()[0];
        Assert.That(sample.AsSpan<float>().ToArray().Max(), Is.InRange(0.01f, 1));
    }

    [Test]
    public void Samples_TensorFile_IsDividedToo()
    {
        var folder = Directory.CreateDirectory(In("tensors")).FullName;
        File.Copy(SharedData.Path("inputs", "reference", "mnist_cntk_0_input.pb"), Path.Combine(folder, "0.pb"));
        TensorSpec input = new("x", DataType.Float32, new Shape(1, 1, 28, 28));
        var (plain, divided) = (new SampleSource(folder, [input], Plain).Read().Single()[0].AsSpan<float>().ToArray(), new SampleSource(folder, [input], Plain with { Divisor = 2 }).Read().Single()[0].AsSpan<float>().ToArray());
        Assert.That(divided, Is.EqualTo(plain.Select(value => value / 2)));
    }

    [TestCase(3, 2f, 2f, 2f, 2f, TestName = "one number for all channels")]
    [TestCase(1, 2f, 2f, TestName = "one channel")]
    public void Settings_OneNumber_IsForEachChannel(int channels, float divisor, params float[] expected)
    {
        var settings = Plain with { Divisor = divisor, Mean = [1], Deviation = [0.5f] };
        settings.CheckPicture(channels);
        Assert.That(Enumerable.Range(0, channels).Select(channel => settings.Adjust(4, channel)), Is.EqualTo(expected));
    }

    [Test]
    public void Settings_NotOneNumberPerChannel_Refuses()
    {
        Assert.That(() => (Plain with { Mean = [1, 2] }).CheckPicture(3), Throws.TypeOf<TensorMismatchException>().With.Message.Contain("--mean has 2 numbers; expected one, or 3"));
        Assert.That(() => (Plain with { Deviation = [1, 2, 3] }).CheckPicture(1), Throws.TypeOf<TensorMismatchException>().With.Message.Contain("--std has 3 numbers"));
        Assert.That(() => (Plain with { IsBlueFirst = true }).CheckPicture(1), Throws.TypeOf<TensorMismatchException>().With.Message.Contain("--bgr: the input has 1 channel"));
    }

    [Test]
    public void Picture_InputOfTooManyPixels_SaysSo() =>
        Assert.That(() => PictureFile.Read(new TensorSpec("x", DataType.Float32, new Shape(1, 3, 100_000, 100_000)), In("none.png"), Plain), Throws.TypeOf<TensorMismatchException>().With.Message.Contain("wants 100000×100000 pixels"));

    [Test]
    public void Samples_Csv_AreCountedAndDivided()
    {
        var source = Source("d.csv", Plain with { Divisor = 2 });
        Assert.That(source.Count, Is.EqualTo(2));
        Assert.That(source.Read().First()[0].AsSpan<float>().ToArray(), Is.EqualTo(new[] { 0.5f, 1f }));
    }

    [Test]
    public void Samples_ModelWithoutInputs_SaysSo() =>
        Assert.That(() => new SampleSource(In("d.csv"), [], Plain), Throws.TypeOf<TensorMismatchException>().With.Message.Contain("no inputs"));

    [TestCase(".jpg")]
    [TestCase(".bmp")]
    [TestCase(".png")]
    public void Picture_Damaged_IsATypedError(string extension)
    {
        byte[] start = extension == ".jpg" ? [0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8, 0, 8, 0, 8, 3] : extension == ".bmp" ? [0x42, 0x4D, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 13, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 1, 0, 24, 0] : [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0];
        File.WriteAllBytes(In("bad" + extension), start);
        Assert.That(() => PictureFile.Read(new TensorSpec("x", DataType.Float32, new Shape(1, 3, 2, 2)), In("bad" + extension), Plain), Throws.InstanceOf<EdgeException>());
    }

    private static Model Linear()
    {
        var test = new TestGraph(17);
        test.Output(test.Node("Gemm", "", test.Input("f32[1,2]", "x"), test.Constant<float>(new Shape(2, 2), 1, 2, 3, 4)));
        return test.Model;
    }

    private SampleSource Source(string name, SampleSettings settings) => new(In(name), [Two], settings);

    private void WriteArray(string name, params float[] values)
    {
        var header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({values.Length},), }}\n";
        File.WriteAllBytes(In(name), [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header), .. values.SelectMany(BitConverter.GetBytes)]);
    }

    private string In(string name) => Path.Combine(_folder, name);

    private static ProgramRun Run(params string[] args) => ProgramRun.Of("EdgeAI.Cli", args);
}
