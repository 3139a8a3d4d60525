using System.Text.Json;
using EdgeAI.Cli;
using EdgeAI.Onnx;
using EdgeAI.Sdk.Tests.Quantization;

namespace EdgeAI.Sdk.Tests.Programs;

/// <summary>edgeai quantize and evaluate from files to files.</summary>
[NonParallelizable]
public sealed class QuantizeCommandTests
{
    private string _folder = "";

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("edgeai-quantize").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Quantize_OwnKeywordModel_WritesModelAndReportAndIsAsGoodAsTheReference()
    {
        var (output, report) = (Path.Combine(_folder, "kws.onnx"), Path.Combine(_folder, "kws.html"));
        var run = Run("quantize", Own("kws/kws_dscnn_features.onnx"), "--calibrate", Own("kws/calibration.npz") + ":features", "--output", output, "--report", report);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("36 of 36 operators quantized over 120 samples"));
        Assert.That(File.ReadAllText(report), Does.Contain("<svg"));

        var table = Run("evaluate", Own("kws/kws_dscnn_features.onnx"), output, Own("kws/kws_dscnn_features_int8.onnx"),
            "--data", Own("kws/testset_features.npz") + ":features", "--labels", Own("kws/testset_features.npz") + ":label", "--samples", "200", "--json");
        Assert.That(table.ExitCode, Is.Zero, table.Error);
        using var json = JsonDocument.Parse(table.Output);
        var rows = json.RootElement.GetProperty("rows").EnumerateArray().Select(row => (Devices: row.GetProperty("devices").GetString(), Top1: row.GetProperty("top-1").GetDouble(), Sqnr: row.GetProperty("sqnr"))).ToList();
        Assert.That(rows.Select(row => row.Devices), Is.EqualTo(new[] { "cpu", "cpu", "cpu+npu", "cpu", "cpu+npu" }).Or.EqualTo(new[] { "cpu", "cpu", "npu", "cpu", "npu" }).Or.EqualTo(new[] { "cpu", "cpu", "cpu+dsp+npu", "cpu", "cpu+dsp+npu" }).Or.EqualTo(new[] { "cpu", "cpu", "dsp+npu", "cpu", "dsp+npu" }));
        Assert.That(rows[1].Top1, Is.GreaterThanOrEqualTo(rows[3].Top1 - ReferenceTolerance.Of("top-1")), "ours against the reference tool's");
        Assert.That(rows[2].Top1, Is.EqualTo(rows[1].Top1), "the NPU answers as ONNX Runtime");
    }

    [Test]
    public void Quantize_NoSuchNode_SaysHowToListThem()
    {
        var run = Run("quantize", Own("kws/kws_dscnn_features.onnx"), "--calibrate", Own("kws/calibration.npz") + ":features", "--exclude", "nothing*");
        Assert.That((run.ExitCode, run.Error.Trim()), Is.EqualTo((2, "edgeai: --exclude 'nothing*': the model has no such node; 'edgeai inspect --nodes' lists them.")));
    }

    [Test]
    public void Quantize_ArrayNotNamed_NamesThoseThatAreThere()
    {
        var output = Path.Combine(_folder, "out.onnx");
        var run = Run("quantize", Own("meter/meter_digit.onnx"), "--calibrate", Own("meter/digit_calibration.npz"), "--output", output);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("no array is named 'crop' like the input; found image, label: name one, for example"));
        Assert.That(Directory.GetFiles(_folder), Is.Empty, "nothing half-written");
    }

    [Test]
    public void Quantize_MissingSamples_SaysWhatIsExpected() =>
        Assert.That(Run("quantize", Own("kws/kws_dscnn_features.onnx"), "--calibrate", "nowhere").Error, Does.Contain("There is no file or folder 'nowhere'"));

    [Test]
    public void Quantize_Csv_IsASamplePerLine()
    {
        var (model, data) = (Path.Combine(_folder, "m.onnx"), Path.Combine(_folder, "d.csv"));
        File.WriteAllText(data, "a,b\n1,2\n-3,0.5\n");
        OnnxWriter.Write(Linear(), model);
        var run = Run("quantize", model, "--calibrate", data, "--json");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        using var json = JsonDocument.Parse(run.Output);
        Assert.That(json.RootElement.GetProperty("samples").GetInt32(), Is.EqualTo(2));
        Assert.That(File.Exists(Path.Combine(_folder, "m_int8.onnx")));
    }

    [Test]
    public void Evaluate_Pictures_ReadsBytesAndScalesThem()
    {
        var samples = Own("meter/digit_samples");
        var labels = Path.Combine(_folder, "labels.csv");
        File.WriteAllLines(labels, Directory.GetFiles(samples, "*.png").Select(file => $"{Path.GetFileName(file)},{ClassOf(file)}"));
        var run = Run("evaluate", Own("meter/meter_digit.onnx"), "--data", samples, "--labels", labels, "--json");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        using var json = JsonDocument.Parse(run.Output);
        Assert.That(json.RootElement.GetProperty("rows")[0].GetProperty("top-1").GetDouble(), Is.GreaterThan(80));

        static string ClassOf(string file) => Path.GetFileNameWithoutExtension(file).Split('_')[1] is var name && name == "NaN" ? "10" : name;
    }

    [Test]
    public void ProgressBar_HalfWay_ShowsTheTimeThatIsLeft() =>
        Assert.That(ProgressBar.Line(new("calibrate", 50, 100), TimeSpan.FromSeconds(4)), Does.StartWith("calibrate  [###############···············] 50/100, 4 s left"));

    [Test]
    public void ProgressBar_AtOnce_PromisesNothing() => Assert.That(ProgressBar.Line(new("rank", 1, 100), TimeSpan.FromMilliseconds(1)), Does.EndWith("] 1/100"));

    private static EdgeAI.Graph.Model Linear()
    {
        var test = new Sdk.Tests.Graph.TestGraph(17);
        test.Output(test.Node("Gemm", "", test.Input("f32[1,2]", "x"), test.Constant<float>(new Hal.Shape(2, 2), 1, 2, 3, 4)));
        return test.Model;
    }

    private static string Own(string name) => SharedData.Path(["models", "own", .. name.Split('/')]);

    private static ProgramRun Run(params string[] args) => ProgramRun.Of("EdgeAI.Cli", args);
}
