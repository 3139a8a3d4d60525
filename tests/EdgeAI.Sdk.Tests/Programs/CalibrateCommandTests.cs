using System.Text.Json;
using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Programs;

/// <summary>edgeai calibrate, and plans that stand on what it measured.</summary>
[NonParallelizable]
public sealed class CalibrateCommandTests
{
    private TemporaryModel _model = null!;

    private string Costs => Path.Combine(Path.GetDirectoryName(_model.Path)!, "costs.json");

    [SetUp]
    public void CreateModel() => _model = new TemporaryModel(
        new TinyOnnx().Input("x", DataType.Float32, 64, 64).Output("y", DataType.Float32, 64, 64).Node("MatMul", "x x", "h").Node("Relu", "h", "y").Build());

    [TearDown]
    public void DeleteModel() => _model.Dispose();

    [Test]
    public void Calibrate_ThenPlan_StandsOnWhatWasMeasured()
    {
        var run = Run("calibrate", _model.Path, "--output", Costs, "--samples", "5");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("2 operators measured, 0 known before").And.Contain("MatMul").And.Contain($"written to {Costs}"));
        var plan = Run("plan", _model.Path, "--devices", "none", "--costs", Costs);
        Assert.That(plan.Output, Does.Contain("CPU measured: ").And.Not.Contain("were not measured"), plan.Error);
    }

    [Test]
    public void Calibrate_FolderTwice_KeepsWhatItKnows()
    {
        Run("calibrate", Path.GetDirectoryName(_model.Path)!, "--output", Costs, "--samples", "5");
        var before = File.ReadAllText(Costs);
        using var json = JsonDocument.Parse(Run("calibrate", _model.Path, "--output", Costs, "--json").Output);
        Assert.That((json.RootElement.GetProperty("measured").GetInt32(), json.RootElement.GetProperty("known").GetInt32()), Is.EqualTo((0, 2)));
        Assert.That(File.ReadAllText(Costs), Is.EqualTo(before));
    }

    [TestCase("calibrate no-such.onnx", "no-such.onnx")]
    [TestCase("calibrate MODEL --samples 1", "--samples 1: expected a number of 5 to 100000")]
    [TestCase("calibrate MODEL --output EMPTY", "--output: the path is empty")]
    [TestCase("calibrate MODEL --output MODEL", "Measured costs: ")]
    [TestCase("plan MODEL --costs no-such.json", "There are no measured costs of this machine at 'no-such.json'. Measure them with 'edgeai calibrate MODEL'.")]
    [TestCase("plan MODEL --costs MODEL", "Measured costs: ")]
    [TestCase("plan MODEL --costs EMPTY", "--costs: the path is empty")]
    public void AnyVerb_BadCosts_IsOneLineAndExitCode2(string line, string expected)
    {
        var run = Run([.. line.Split(' ').Select(arg => arg switch { "EMPTY" => "", "MODEL" => _model.Path, _ => arg })]);
        Assert.That(run.ExitCode, Is.EqualTo(2), run.Output);
        Assert.That(run.Error, Does.StartWith("edgeai: ").And.Contain(expected));
        Assert.That(run.Error.Trim().Split('\n'), Has.Length.EqualTo(1), run.Error);
    }

    [Test]
    public void Calibrate_FolderWithABadModel_NamesItAndMeasuresTheOthers()
    {
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(_model.Path)!, "bad.onnx"), "no model");
        var run = Run("calibrate", Path.GetDirectoryName(_model.Path)!, "--output", Costs, "--samples", "5");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Error, Does.StartWith("left out: ").And.Contain("bad.onnx"));
        Assert.That(run.Output, Does.Contain("2 operators measured"));
    }

    [Test]
    public void Calibrate_FolderWithoutModels_SaysSo() =>
        Assert.That(Run("calibrate", Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(_model.Path)!, "empty")).FullName).Error, Does.Contain("There is no .onnx file in"));

    private static ProgramRun Run(params string[] args) => ProgramRun.Of("EdgeAI.Cli", args);
}
