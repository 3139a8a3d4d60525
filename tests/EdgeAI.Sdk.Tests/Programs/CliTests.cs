using System.Text.Json;

namespace EdgeAI.Sdk.Tests.Programs;

[NonParallelizable]
public sealed class CliTests
{
    private static readonly string Models = Path.Combine(AppContext.BaseDirectory, "models");
    private static readonly string Keyword = Path.Combine(Models, "kws_dscnn_int8.onnx");

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
    public void Inspect_Nodes_PrintsThem() =>
        Assert.That(Run("inspect", Keyword, "--nodes").Output, Does.Contain("STFT"));

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

    [TestCase("run no-such.onnx", "no-such.onnx")]
    [TestCase("run MODEL --input ghost=zeros", "There is no input 'ghost'. The model has: waveform: Float32[1,16000]")]
    [TestCase("run MODEL --input waveform", "expected name=file")]
    [TestCase("run MODEL --dim batch", "expected name=number")]
    [TestCase("plan MODEL --profile moon", "There is no board profile 'moon'. Known: hub, phone, raspberry-pi-5")]
    [TestCase("plan MODEL --devices tpu", "There is no device 'tpu'")]
    [TestCase("plan MODEL --npu giant", "giant")]
    [TestCase("inspect LABELS", "labels.txt")]
    [TestCase("disasm MODEL --device gpu", "No executable runs on 'gpu'")]
    public void AnyVerb_BadInput_IsOneLineAndExitCode2(string line, string expected)
    {
        var args = line.Replace("MODEL", Keyword).Replace("LABELS", Path.Combine(Models, "labels.txt")).Split(' ');
        var run = Run(args);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith("edgeai: ").And.Contain(expected));
        Assert.That(run.Error.Trim().Split('\n'), Has.Length.EqualTo(1));
    }

    [Test]
    public void Help_Always_HasExamples() =>
        Assert.That(Run("--help").Output, Does.Contain("edgeai plan keyword.onnx").And.Contain("disasm"));

    private static ProgramRun Run(params string[] args) => ProgramRun.Of("EdgeAI.Cli", args);

    private static JsonDocument Json(ProgramRun run)
    {
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return JsonDocument.Parse(run.Output);
    }
}
