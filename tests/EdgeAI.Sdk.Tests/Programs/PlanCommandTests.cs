using System.Text.Json;
using System.Xml.Linq;
using EdgeAI.Cli.Pages;
using EdgeAI.Runtime;
using EdgeAI.Sdk.Tests.Runtime;

namespace EdgeAI.Sdk.Tests.Programs;

/// <summary>edgeai plan: forms of the answer, contracts and bundles, through the program's entry point.</summary>
[NonParallelizable]
public sealed class PlanCommandTests
{
    private DirectoryInfo _folder = null!;

    private static readonly string Keyword = Path.Combine(AppContext.BaseDirectory, "models", "kws_dscnn_int8.onnx");

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("edgeai-plan-");

    [TearDown]
    public void DeleteFolder() => _folder.Delete(recursive: true);

    [Test]
    public void Plan_Text_HasTotalsAndWhatMoreSupportWouldWin()
    {
        var run = Run("plan", Keyword);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("device  operators  refused").And.Match(@"what if: everything on \w+ would win [\d.]+ .s \(\d+ refused by [\w-]+"));
        Assert.That(Run("plan", Keyword, "--what-if", "0").Output, Does.Not.Contain("what if:"));
    }

    [TestCase("latency", "sum of operators, copies and launches")]
    [TestCase("makespan", "makespan")]
    [TestCase("throughput", "frame")]
    [TestCase("energy", "energy")]
    public void Plan_Objective_IsWhatTheCertificateSpeaksOf(string objective, string words)
    {
        var run = Run("plan", Keyword, "--objective", objective);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain(words));
    }

    [Test]
    public void Plan_ObjectiveThatIsNone_NamesThoseThereAre() =>
        Assert.That(Run("plan", Keyword, "--objective", "speed").Error, Does.Contain("--objective 'speed': expected latency, makespan, throughput, energy"));

    [Test]
    public void Plan_Html_IsWellFormedAndHasGraphAndTimeline()
    {
        var path = PathOf("plan.html");
        var run = Run("plan", Keyword, "--report", path);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        var page = XDocument.Parse(File.ReadAllText(path).Replace("<!DOCTYPE html>", "", StringComparison.Ordinal));
        XNamespace svg = "http://www.w3.org/2000/svg";
        var pictures = page.Descendants(svg + "svg").ToList();
        using var json = JsonDocument.Parse(Run("plan", Keyword, "--json").Output);
        var lanes = json.RootElement.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("lane").GetString()).Distinct().ToList();
        Assert.Multiple(() =>
        {
            Assert.That(pictures, Has.Count.EqualTo(2));
            Assert.That(pictures[0].Elements(svg + "rect").Count(), Is.EqualTo(json.RootElement.GetProperty("steps").GetArrayLength()), "bars");
            Assert.That(pictures[0].Elements(svg + "text").Select(text => text.Value).Take(lanes.Count), Is.EquivalentTo(lanes), "lanes");
            Assert.That(pictures[1].Elements(svg + "g").Count(), Is.EqualTo(json.RootElement.GetProperty("operators").GetArrayLength()), "boxes");
            Assert.That(pictures[1].Elements(svg + "path").Count(), Is.EqualTo(json.RootElement.GetProperty("operators").EnumerateArray().Sum(row => row.GetProperty("reads").GetArrayLength())), "curves");
            Assert.That(page.Descendants().Attributes().Where(attribute => attribute.Name.LocalName is "src" or "href"), Is.Empty, "nothing from elsewhere");
        });
    }

    [Test]
    public void Plan_Json_HasTheTimelineThatTheRuntimePlays()
    {
        using var json = JsonDocument.Parse(Run("plan", Keyword, "--json").Output);
        using var runtime = DeviceSet.Simulated.Create();
        using var model = runtime.Load(Keyword);
        var expected = PlanTimeline.Predict(model.Plan);
        var steps = json.RootElement.GetProperty("steps").EnumerateArray().ToList();
        Assert.That(steps.Select(step => (step.GetProperty("lane").GetString(), step.GetProperty("startSeconds").GetDouble())), Is.EqualTo(expected.Steps.Select(step => (step.Lane, step.StartSeconds))));
        Assert.That(json.RootElement.GetProperty("makespanSeconds").GetDouble(), Is.EqualTo(expected.MakespanSeconds));
    }

    [Test]
    public void Plan_ForEnergy_SpeaksOfEnergyInEveryForm()
    {
        using var json = JsonDocument.Parse(Run("plan", Keyword, "--objective", "energy", "--json").Output);
        Assert.That(json.RootElement.GetProperty("lowerBoundJoules").GetDouble(), Is.LessThanOrEqualTo(json.RootElement.GetProperty("placementJoules").GetDouble()));
        Assert.That(Run("plan", Keyword, "--objective", "energy", "--format", "html").Output, Does.Contain("by the energy").And.Not.Contain("sum of operators"));
    }

    [Test]
    public void Plan_DotOfADeviceWithAQuote_StaysAText()
    {
        var plan = TestPlans.ThereAndBack();
        var row = new OperatorReport("n", "Add", "a\"]; b [", 0, default, []);
        Assert.That(PlanDot.Of(plan with { Report = plan.Report with { Operators = [row] } }), Does.Contain("a\\\"]; b ["));
    }

    [Test]
    public void Plan_Dot_HasANodePerOperatorAndBoldEdgesAcrossDevices()
    {
        var text = Run("plan", Keyword, "--format", "dot").Output;
        Assert.That(text, Does.StartWith("digraph \"kws_dscnn_int8\" {").And.Contain("block1_pw").And.Contain("n0 -> n1").And.Contain("style=bold").And.EndsWith("}\n"));
        Assert.That(text.Count(letter => letter == '{'), Is.EqualTo(1));
    }

    [Test]
    public void Plan_LockThenCheck_HoldsAndBreaksWithExitCode3()
    {
        var path = PathOf("plan.lock");
        Assert.That(Run("plan", Keyword, "--lock", path).ExitCode, Is.Zero);
        var same = Run("plan", Keyword, "--check", path);
        Assert.That((same.ExitCode, same.Output), Is.EqualTo((0, "The plan of 'kws_dscnn_int8' is that of its contract.\n")), same.Error);
        var worse = Run("plan", Keyword, "--check", path, "--devices", "dsp");
        Assert.That(worse.ExitCode, Is.EqualTo(3));
        Assert.That(worse.Output, Does.Contain("worse  coverage: ").And.Contain("QDQ Conv block1_pw: npu → cpu").And.Contain("worse  latency: ").And.Contain("write it again with --lock"));
    }

    [Test]
    public void Plan_CheckJson_ListsDifferences()
    {
        var path = PathOf("plan.lock");
        Run("plan", Keyword, "--lock", path);
        var run = Run("plan", Keyword, "--check", path, "--devices", "none", "--json");
        using var json = JsonDocument.Parse(run.Output);
        Assert.That(run.ExitCode, Is.EqualTo(3));
        Assert.That(json.RootElement.GetProperty("isWorse").GetBoolean(), Is.True);
        Assert.That(json.RootElement.GetProperty("differences").EnumerateArray().Select(row => row.GetProperty("what").GetString()), Does.Contain("coverage").And.Contain("latency"));
    }

    [Test]
    public void Plan_BundleOutput_RunsAndIsDisassembledLikeTheModel()
    {
        var path = PathOf("keyword.edgeai");
        Assert.That(Run("plan", Keyword, "--output", path).ExitCode, Is.Zero);
        using var bundle = JsonDocument.Parse(Run("run", path, "--input", "waveform=zeros", "--json").Output);
        using var model = JsonDocument.Parse(Run("run", Keyword, "--input", "waveform=zeros", "--json").Output);
        Assert.That(bundle.RootElement.GetProperty("outputs").GetRawText(), Is.EqualTo(model.RootElement.GetProperty("outputs").GetRawText()));
        Assert.That(Run("disasm", path, "--device", "npu").Output, Does.Contain("convolution"));
    }

    [Test]
    public void Plan_BundleForAnotherNpu_IsOneLineThatSaysWhatToDo()
    {
        var path = PathOf("keyword.edgeai");
        Run("plan", Keyword, "--output", path);
        var run = Run("run", path, "--npu", "edge-1k");
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error.Trim().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain("device 'npu' was").And.Contain("Rows = 16").And.Contain("Rows = 32").And.Contain("Compile the model again here: edgeai plan kws_dscnn_int8.onnx"));
    }

    [Test]
    public void Plan_Cache_IsFilledAndUsed()
    {
        var cache = PathOf("cache");
        var first = Run("plan", Keyword, "--cache", cache);
        var entry = new DirectoryInfo(cache).GetFiles().Single();
        var written = entry.LastWriteTimeUtc;
        var second = Run("plan", Keyword, "--cache", cache);
        Assert.That(second.Output, Is.EqualTo(first.Output));
        Assert.That(new DirectoryInfo(cache).GetFiles().Single().LastWriteTimeUtc, Is.EqualTo(written));
        Assert.That(PlanBundle.Open(entry.FullName).Key.Sources[0].Name, Is.EqualTo("kws_dscnn_int8.onnx"));
    }

    [TestCase("--format picture", "--format 'picture': expected text, json, dot, html")]
    [TestCase("--tolerance -1", "--tolerance -1: expected a number of at least 0")]
    [TestCase("--tolerance NaN", "--tolerance NaN")]
    [TestCase("--what-if -1", "--what-if -1")]
    [TestCase("--check EMPTY", "--check: the path is empty; expected a file.")]
    [TestCase("--lock EMPTY", "--lock: the path is empty; expected a file to write.")]
    [TestCase("--check no-such.lock", "no-such.lock")]
    [TestCase("--check MODEL", "Plan lock: ")]
    [TestCase("--check plan.lock --lock other.lock", "--lock does not go with --check")]
    [TestCase("--check plan.lock --output k.edgeai", "--output does not go with --check")]
    [TestCase("--check plan.lock --report plan.html", "--report does not go with --check")]
    [TestCase("--cache EMPTY", "--cache: the path is empty; expected a folder.")]
    public void Plan_BadInput_IsOneLineAndExitCode2(string line, string expected)
    {
        var run = Run(["plan", Keyword, .. line.Split(' ').Select(arg => arg switch { "EMPTY" => "", "MODEL" => Keyword, _ => arg })]);
        Assert.That(run.ExitCode, Is.EqualTo(2), run.Error);
        Assert.That(run.Error, Does.StartWith("edgeai: ").And.Contain(expected));
        Assert.That(run.Error.Trim().Split('\n'), Has.Length.EqualTo(1), run.Error);
    }

    [Test]
    public void Plan_Help_HasExamplesAndExitCodes() =>
        Assert.That(Run("plan", "--help").Output, Does.Contain("edgeai plan keyword.onnx --check plan.lock").And.Contain("3 --check found something that got worse"));

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private static ProgramRun Run(params string[] args) => ProgramRun.Of("EdgeAI.Cli", args);
}
