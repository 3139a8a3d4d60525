using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Programs;

[NonParallelizable]
public sealed class CliTests
{
    private static readonly string Models = Path.Combine(AppContext.BaseDirectory, "models");
    private static readonly string Keyword = Path.Combine(Models, "kws_dscnn_int8.onnx");
    private static readonly string Lights = Path.Combine(Models, "samples", "lights_clean.wav");

    [Test]
    public void Devices_Json_ListsCpuAndTheSimulatedAccelerators()
    {
        using var json = Json(Run("devices", "--json"));
        var devices = json.RootElement.GetProperty("devices").EnumerateArray().ToDictionary(item => item.GetProperty("id").GetString()!);
        Assert.That(devices.Keys, Is.EqualTo(new[] { "cpu", "npu", "dsp" }));
        Assert.That(devices["cpu"].GetProperty("simulated").GetBoolean(), Is.False);
        Assert.That(devices["npu"].GetProperty("simulated").GetBoolean(), Is.True, "a simulation is always said");
    }

    [Test]
    public void Devices_BoardWithoutNpu_SaysWhyThereIsNone() =>
        Assert.That(Run("devices", "--profile", "raspberry-pi-5").Output, Does.Contain("npu (Npu): not usable: the board 'raspberry-pi-5' has none"));

    [Test]
    public void Inspect_Json_GivesInputsAndOperators()
    {
        using var json = Json(Run("inspect", Keyword, "--json"));
        Assert.That(json.RootElement.GetProperty("inputs")[0].GetProperty("type").GetString(), Is.EqualTo("Float32[1,16000]"));
        Assert.That(json.RootElement.GetProperty("operators").GetProperty("Conv").GetInt32(), Is.EqualTo(15));
    }

    [Test]
    public void Inspect_OldModel_TellsWhatWasUpgraded()
    {
        var path = SharedData.Path("models", "misc", "super_resolution_ir1_pytorch02.onnx");
        Assert.That(Run("inspect", path).Output, Does.Contain("file        format 1; ai.onnx 1").And.Contain("upgraded    reshape-shape ×2"));
        using var json = Json(Run("inspect", path, "--json"));
        Assert.That(json.RootElement.GetProperty("opsets").GetProperty("ai.onnx").GetInt32(), Is.EqualTo(1));
        Assert.That(json.RootElement.GetProperty("upgrades")[0].GetProperty("rule").GetString(), Is.EqualTo("broadcast-axis"));
        Assert.That(json.RootElement.GetProperty("upgrades")[0].GetProperty("nodes").GetArrayLength(), Is.EqualTo(4));
    }

    [Test]
    public void Inspect_Nodes_PrintsThem() =>
        Assert.That(Run("inspect", Keyword, "--nodes").Output, Does.Contain("STFT"));

    [Test]
    public void Operators_Page_IsTheOneInTheDocs()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "EdgeAI.sln")))
        {
            folder = folder.Parent!;
        }

        var page = Path.Combine(folder.FullName, "docs", "operators.md");
        Assert.That(File.ReadAllText(page), Is.EqualTo(Run("operators").Output), "stale: write it anew with `dotnet run --project sdk/EdgeAI.Cli -- operators > docs/operators.md`");
    }

    [Test]
    public void Operators_JsonOfOneDevice_ListsWhatItHas()
    {
        using var json = Json(Run("operators", "--device", "dsp", "--json"));
        var rows = json.RootElement.GetProperty("operators").EnumerateArray().ToList();
        Assert.That(rows.Select(row => row.GetProperty("name").GetString()), Has.Some.EqualTo("Softmax").And.None.EqualTo("Conv"));
        Assert.That(rows.All(row => row.GetProperty("devices").EnumerateArray().Any(device => device.GetString() == "dsp")));
    }

    [Test]
    public void Plan_Text_NamesDevicesCostsAndReasons()
    {
        var run = Run("plan", Keyword);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("npu no (operator: STFT").And.Contain("QDQ Conv block1_pw").And.Contain("lower bound"));
    }

    [Test]
    public void Plan_OutputFile_CanBeDisassembled()
    {
        var path = Path.Combine(TestContext.CurrentContext.WorkDirectory, "keyword.plan");
        Assert.That(Run("plan", Keyword, "--output", path, "--json").ExitCode, Is.Zero);
        var listing = Run("disasm", path, "--device", "npu");
        Assert.That(listing.ExitCode, Is.Zero, listing.Error);
        Assert.That(listing.Output, Does.Contain("edgeai-npu/1").And.Contain("convolution").And.Contain("block1_pw"));
    }

    [Test]
    public void Npu_Text_NamesLayersBoundsAndWhatMoreWouldBuy()
    {
        var run = Run("npu", Keyword, "--sram", "512KiB", "--rows", "16");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("16×32 MACs").And.Contain("512 KiB SRAM").And.Contain("block1_pw").And.Contain("SRAM of 1024 KiB").And.Contain("32 × 32 MACs"));
    }

    [Test]
    public void Npu_JsonAndTrace_AddUp()
    {
        var trace = Path.Combine(TestContext.CurrentContext.WorkDirectory, "keyword.trace.json");
        using var json = Json(Run("npu", Keyword, "--json", "--no-what-if", "--trace", trace));
        var segments = json.RootElement.GetProperty("segments").EnumerateArray().ToList();
        Assert.That(segments.Sum(segment => segment.GetProperty("cycles").GetInt64()), Is.EqualTo(json.RootElement.GetProperty("cycles").GetInt64()).And.Positive);
        foreach (var segment in segments)
        {
            Assert.That(segment.GetProperty("layers").EnumerateArray().Sum(layer => layer.GetProperty("cycles").GetInt64()), Is.EqualTo(segment.GetProperty("cycles").GetInt64()));
        }

        using var events = JsonDocument.Parse(File.ReadAllText(trace));
        Assert.That(events.RootElement.GetProperty("traceEvents").GetArrayLength(), Is.GreaterThan(20));
    }

    [TestCase("--sram", "many")]
    [TestCase("--sram", "0")]
    public void Npu_UnreadableSize_IsWrongUsage(string option, string value) =>
        Assert.That(Run("npu", Keyword, option, value) is { ExitCode: 1 } run && run.Error.Contains("512KiB"), Is.True);

    [TestCase("--rows", "0", "Rows is 0")]
    [TestCase("--config", "giga", "micro-128")]
    public void Npu_ImpossibleMachine_NamesWhatIsExpected(string option, string value, string expected)
    {
        var run = Run("npu", Keyword, option, value);
        Assert.That((run.ExitCode, run.Error.Contains(expected)), Is.EqualTo((2, true)), run.Error);
    }

    [Test]
    public void Disasm_Dsp_PrintsVectorPrograms() =>
        Assert.That(Run("disasm", Keyword, "--device", "dsp").Output, Does.Contain("edgeai-dsp/1").And.Contain("fe_"));

    [Test]
    public void Run_Json_GivesStepsPerDeviceAndTheWord()
    {
        using var json = Json(Run("run", Keyword, "--input", "waveform=" + Path.Combine(Models, "samples", "lights_clean.wav"), "--json"));
        Assert.That(json.RootElement.GetProperty("stepsPerDevice").GetProperty("npu").GetInt32(), Is.GreaterThan(0));
        var scores = json.RootElement.GetProperty("outputs")[0].GetProperty("values").EnumerateArray().Select(value => float.Parse(value.GetString()!)).ToArray();
        Assert.That(Array.IndexOf(scores, scores.Max()), Is.EqualTo(10), "lights");
    }

    [Test]
    public void Run_CpuAlone_GivesTheSameOutputsAsWithTheNpu()
    {
        string[] arguments = ["run", Path.Combine(Models, "kws_dscnn_int8.onnx"), "--input", "waveform=zeros", "--json"];
        using var all = Json(Run(arguments));
        using var cpu = Json(Run([.. arguments, "--devices", "none"]));
        Assert.That(all.RootElement.GetProperty("outputs").GetRawText(), Is.EqualTo(cpu.RootElement.GetProperty("outputs").GetRawText()));
        Assert.That(cpu.RootElement.GetProperty("stepsPerDevice").EnumerateObject().Select(item => item.Name), Is.EqualTo(new[] { "cpu" }));
    }

    [Test]
    public void Run_Trace_WritesAFileForTraceViewers()
    {
        using var folder = new TemporaryModel([], "trace.json");
        var run = Run("run", Keyword, "--input", "waveform=zeros", "--trace", folder.Path);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        using var json = JsonDocument.Parse(File.ReadAllText(folder.Path));
        var events = json.RootElement.GetProperty("traceEvents").EnumerateArray().ToList();
        Assert.That(events.Count(item => item.GetProperty("name").GetString() == "process_name"), Is.EqualTo(3), "predicted, simulated, wall");
        Assert.That(events.Any(item => item.GetProperty("ph").GetString() == "X" && item.GetProperty("args").GetProperty("device").GetString() == "npu"));
        Assert.That(Run("run", Keyword, "--trace", "") is { ExitCode: not 0 } empty && empty.Error.Contains("--trace: the path is empty"), Is.True);
    }

    [Test]
    public void Run_SeveralTimes_ShowsMeansAgainstThePrediction()
    {
        string[] arguments = ["run", Keyword, "--input", "waveform=zeros", "--repeat", "3"];
        var text = Run(arguments);
        Assert.That(text.Output, Does.Contain(": 3 runs, simulated / predicted "), text.Error);
        using var json = Json(Run([.. arguments, "--json"]));
        var statistics = json.RootElement.GetProperty("statistics");
        Assert.That(statistics.GetProperty("runs").GetInt64(), Is.EqualTo(3));
        Assert.That(statistics.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("meanWallSeconds").GetDouble()), Is.All.Positive);
        Assert.That(statistics.GetProperty("steps").GetArrayLength(), Is.EqualTo(json.RootElement.GetProperty("steps").GetArrayLength()));
    }

    [Test]
    public void Run_Frames_ShowsHowOftenOneEndsAndTracesAll()
    {
        using var folder = new TemporaryModel([], "trace.json");
        string[] arguments = ["run", Keyword, "--input", "waveform=zeros", "--frames", "5", "--trace", folder.Path];
        var text = Run(arguments);
        Assert.That(text.Output, Does.Match(@"5 frames, \d+ in flight: one every .* \(simulated\)"), text.Error);
        using var trace = JsonDocument.Parse(File.ReadAllText(folder.Path));
        var steps = trace.RootElement.GetProperty("traceEvents").EnumerateArray().Where(item => item.GetProperty("ph").GetString() == "X");
        Assert.That(steps.Select(item => item.GetProperty("args").GetProperty("frame").GetInt32()).Distinct(), Is.EqualTo(Enumerable.Range(0, 5)));
        using var json = Json(Run([.. arguments, "--json"]));
        Assert.That(json.RootElement.GetProperty("stream").GetProperty("intervalSeconds").GetDouble(), Is.Positive);
    }

    [TestCase("run MODEL --frames 0", "--frames 0: expected at least 1")]
    [TestCase("run MODEL --repeat 0", "--repeat 0: expected at least 1")]
    [TestCase("run no-such.onnx", "no-such.onnx")]
    [TestCase("run MODEL --input ghost=zeros", "There is no input 'ghost'. The model has: waveform: Float32[1,16000]")]
    [TestCase("run MODEL --input waveform", "expected name=file")]
    [TestCase("run MODEL --dim batch", "expected name=number")]
    [TestCase("plan MODEL --profile moon", "There is no board profile 'moon'. Known: desktop, hub, phone, raspberry-pi-5")]
    [TestCase("plan MODEL --devices tpu", "There is no device 'tpu'")]
    [TestCase("plan MODEL --npu giant", "giant")]
    [TestCase("run MODEL --dim a=1 --dim a=2", "--dim 'a' is given twice: 1 and 2")]
    [TestCase("run MODEL --input waveform=zeros --input waveform=random:1", "--input 'waveform' is given twice: zeros and random:1")]
    [TestCase("run MODEL --input waveform=", "expected name=file")]
    [TestCase("run MODEL --input waveform=random:x", "expected a number after 'random:'")]
    [TestCase("run MODEL --input waveform=WAV --rate 8000", "lights_clean.wav: 16000 Hz; expected 8000: resample the file, or give --rate 16000")]
    [TestCase("run EMPTY", "The path of the model is empty")]
    [TestCase("inspect EMPTY", "The path of the model is empty")]
    [TestCase("disasm EMPTY", "The path of the model is empty")]
    [TestCase("plan MODEL --output EMPTY", "--output: the path is empty")]
    [TestCase("run keyword.plan", "keyword.plan: a compiled plan, which 'edgeai disasm' prints")]
    [TestCase("inspect LABELS", "labels.txt")]
    [TestCase("disasm MODEL --device gpu", "No executable runs on 'gpu'")]
    public void AnyVerb_BadInput_IsOneLineAndExitCode2(string line, string expected)
    {
        var args = line.Replace("MODEL", Keyword).Replace("LABELS", Path.Combine(Models, "labels.txt")).Replace("WAV", Lights).Split(' ');
        AssertOneLine(Run([.. args.Select(arg => arg == "EMPTY" ? "" : arg)]), expected);
    }

    [TestCase("(1, x)", "shape (1, x); expected extents such as (1, 3)")]
    [TestCase("(-1, 3)", "shape (-1, 3)")]
    [TestCase("(9223372036854775807, 2)", "shape (9223372036854775807, 2)")]
    [TestCase("(4294967296, 4294967296, 0)", "at most 2^31 elements")]
    [TestCase("(99999999999999999999,)", "at most 2^31 elements")]
    [TestCase("1", "its header has no shape")]
    [TestCase("(1, 4)", "Float32[1,4] has 16 bytes; found 12")]
    public void Run_NpyOfBadShape_IsOneLineAndExitCode2(string shape, string expected)
    {
        using var npy = new TemporaryModel(Npy(shape, 12), "x.npy");
        using var model = new TemporaryModel(DoubleBatch());
        AssertOneLine(Run("run", model.Path, "--input", "x=" + npy.Path), expected);
    }

    [Test]
    public void Run_Npy_HasTheShapeOfTheFile()
    {
        using var npy = new TemporaryModel(Npy("(2, 3)", 24), "x.npy");
        using var model = new TemporaryModel(DoubleBatch());
        Assert.That(Run("run", model.Path, "--input", "x=" + npy.Path).Output, Does.Contain("y: Float32[2,3] = 0, 0, 0, 0, 0, 0"));
    }

    [TestCase("run", "1000000000", "takes 12000000000 bytes; at most 2 GiB are read: give a smaller --dim")]
    [TestCase("run", "4611686018427387904", "of 1 to 2147483647")]
    [TestCase("plan", "9223372036854775807", "of 1 to 2147483647")]
    public void AnyVerb_DimensionBeyondMemory_IsOneLineAndExitCode2(string verb, string batch, string expected)
    {
        using var model = new TemporaryModel(DoubleBatch());
        AssertOneLine(Run(verb, model.Path, "--dim", "batch=" + batch), expected);
    }

    [Test]
    public void Run_WavForAScalar_IsOneLineAndExitCode2()
    {
        using var model = new TemporaryModel(new TinyOnnx().Input("x", DataType.Float32).Output("y", DataType.Float32).Node("Relu", "x", "y").Build());
        AssertOneLine(Run("run", model.Path, "--input", "x=" + Lights), "a WAV file needs an input of rank 1 or more");
    }

    [Test]
    public void Run_SequenceOfMaps_PrintsKeysAndValues()
    {
        string[] arguments = ["run", SharedData.Path("models", "sensor", "rf_iris_sklearn.onnx")];
        Assert.That(Run(arguments).Output, Does.Match(@": Sequence = \{0: [\d.E-]+, 1: [\d.E-]+, 2: [\d.E-]+\}"));
        using var json = Json(Run([.. arguments, "--json"]));
        var output = json.RootElement.GetProperty("outputs")[1];
        Assert.That(output.GetProperty("type").GetString(), Is.EqualTo("Sequence"));
        Assert.That(output.GetProperty("values")[0].GetString(), Does.StartWith("{0: "));
    }

    [Test]
    public void Disasm_Json_GivesTextAndNodesOfEachExecutable()
    {
        using var json = Json(Run("disasm", Keyword, "--device", "npu", "--json"));
        var executables = json.RootElement.GetProperty("executables").EnumerateArray().ToList();
        Assert.That(executables, Is.Not.Empty);
        Assert.That(executables.Select(item => item.GetProperty("device").GetString()), Is.All.EqualTo("npu"));
        Assert.That(executables[0].GetProperty("format").GetString(), Is.EqualTo("edgeai-npu/1"));
        Assert.That(executables[0].GetProperty("bytes").GetInt32(), Is.GreaterThan(0));
        Assert.That(executables[0].GetProperty("nodes").GetArrayLength(), Is.GreaterThan(0));
        Assert.That(executables[0].GetProperty("text").GetString(), Does.Contain("convolution"));
    }

    [Test]
    public void Plan_Help_SaysWhatThePlanFileIsFor() =>
        Assert.That(string.Join(' ', Run("plan", "--help").Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), Does.Contain("'edgeai disasm' prints it"));

    [Test]
    public void Help_Always_HasExamples() =>
        Assert.That(Run("--help").Output, Does.Contain("edgeai plan keyword.onnx").And.Contain("disasm"));

    /// <summary>y = x + x for any batch.</summary>
    private static byte[] DoubleBatch() => new TinyOnnx()
        .Input("x", DataType.Float32, "batch", 3).Output("y", DataType.Float32, "batch", 3)
        .Node("Add", "x x", "y").Build();

    private static byte[] Npy(string shape, int byteCount)
    {
        var header = Encoding.ASCII.GetBytes($"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n");
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)header.Length);
        return [0x93, .. "NUMPY"u8, 1, 0, .. length, .. header, .. new byte[byteCount]];
    }

    private static void AssertOneLine(ProgramRun run, string expected)
    {
        Assert.That(run.ExitCode, Is.EqualTo(2), run.Error);
        Assert.That(run.Error, Does.StartWith("edgeai: ").And.Contain(expected));
        Assert.That(run.Error.Trim().Split('\n'), Has.Length.EqualTo(1), run.Error);
    }

    private static ProgramRun Run(params string[] args) => ProgramRun.Of("EdgeAI.Cli", args);

    private static JsonDocument Json(ProgramRun run)
    {
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return JsonDocument.Parse(run.Output);
    }
}
