using System.Text;
using EdgeAI.Compiler;
using EdgeAI.Compiler.Costs;
using EdgeAI.Hal;
using EdgeAI.Sdk.Tests.Api;

namespace EdgeAI.Sdk.Tests.Costs;

/// <summary>What operators cost on this machine: signatures, files, and plans that stand on them.</summary>
public sealed class MeasuredCostsTests : ApiFixture
{
    [Test]
    public void Measure_AModel_HasEachOperatorOnceWithOrderedTimes()
    {
        var costs = new CostCalibrator(Runtime) { Samples = 5 }.Measure([FileOf(AddRelu())]);
        Assert.Multiple(() =>
        {
            Assert.That(costs.Operators.Values.Select(cost => cost.Operator), Is.EquivalentTo(new[] { "Add", "Relu" }));
            Assert.That(costs.Operators.Values.All(cost => cost.P95Seconds >= cost.MedianSeconds && cost.Samples == 5));
            Assert.That(costs.LaunchSeconds, Is.GreaterThan(0).And.LessThan(0.1));
            Assert.That(costs.Machine, Is.EqualTo(CostMachine.Of(Runtime)));
        });
    }

    [Test]
    public void Measure_KnownOperators_AreNotMeasuredAgain()
    {
        var path = FileOf(AddRelu());
        var calibrator = new CostCalibrator(Runtime) { Samples = 5 };
        var first = calibrator.Measure([path]);
        var more = calibrator.Measure([path, FileOf(new TinyOnnx().Input("a", DataType.Float32, 4, 3).Output("y", DataType.Float32, 4, 3).Node("Relu", "a", "y").Build())], first);
        Assert.That(more.Operators, Has.Count.EqualTo(3), "the same operator of another shape is another");
        Assert.That(first.Operators.All(pair => more.Operators[pair.Key] == pair.Value));
        Assert.That(more.LaunchSeconds, Is.EqualTo(first.LaunchSeconds));
    }

    [Test]
    public void Measure_LongerWork_CostsMore()
    {
        var costs = new CostCalibrator(Runtime) { Samples = 9 }.Measure([FileOf(LongChain(1, 16)), FileOf(LongChain(1, 256))]);
        var times = costs.Operators.Values.Select(cost => cost.MedianSeconds).Order().ToList();
        Assert.That(times[1], Is.GreaterThan(3 * times[0]), "4,096 times the products");
    }

    [Test]
    public void Measure_OperatorThatCannotRunAlone_IsLeftOutAndSaidInPlans()
    {
        // A shape of zeros for made-up inputs is no shape of 6 elements.
        var path = FileOf(new TinyOnnx().Input("x", DataType.Float32, 2, 3).Input("shape", DataType.Int64, 1).Output("y", DataType.Float32, 6)
            .Node("Relu", "x", "h").Node("Reshape", "h shape", "y", attributes: ("allowzero", 1)).Build());
        var costs = new CostCalibrator(Runtime) { Samples = 5 }.Measure([path]);
        Assert.That(costs.Operators.Values.Select(cost => cost.Operator), Is.EqualTo(new[] { "Relu" }));
        using var model = Runtime.Load(path, LoadOptions.Default with { Costs = costs });
        Assert.That(model.Plan.Report.Notes, Has.Some.StartsWith("1 of 2 operators were not measured"));
    }

    [Test]
    public void Measure_Cancelled_Throws()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.That(() => new CostCalibrator(Runtime).Measure([FileOf(AddRelu())], cancellationToken: cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Measure_Progress_CountsToTheEnd()
    {
        var seen = new List<CalibrationProgress>();
        new CostCalibrator(Runtime) { Samples = 5 }.Measure([FileOf(AddRelu())], progress: new Collector(seen));
        Assert.That(seen.Select(step => (step.Done, step.Total)), Is.EqualTo(new[] { (1, 2), (2, 2) }));
    }

    [Test]
    public void Load_WithCosts_PredictsThemAndSaysSo()
    {
        var path = FileOf(AddRelu());
        var costs = Fixed(path, 1e-3);
        using var model = Runtime.Load(path, LoadOptions.Default with { Costs = costs });
        Assert.Multiple(() =>
        {
            Assert.That(model.Plan.PredictedSeconds, Is.EqualTo(2e-3 + costs.LaunchSeconds).Within(1e-12));
            Assert.That(model.Plan.Profile, Is.EqualTo($"hub, CPU measured: {costs.Machine}"));
            Assert.That(model.Plan.Report.Notes, Is.Empty);
        });
    }

    [Test]
    public void Load_WithCostsOfOtherOperators_FallsBackToTheProfileWithANote()
    {
        using var model = Runtime.Load(FileOf(AddRelu()), LoadOptions.Default with { Costs = MeasuredCosts.Empty("this", 1e-6) });
        Assert.That(model.Plan.Report.Notes, Has.Some.StartsWith("2 of 2 operators were not measured on this machine"));
    }

    [Test]
    public void Load_OtherCostsWithACache_AreOtherEntries()
    {
        var path = FileOf(AddRelu());
        var folder = Path.Combine(Path.GetDirectoryName(path)!, "cache");
        double Predicted(double seconds)
        {
            using var model = Runtime.Load(path, LoadOptions.Default with { Costs = Fixed(path, seconds), CacheFolder = folder });
            return model.Plan.PredictedSeconds;
        }

        Assert.That(Predicted(2e-3), Is.GreaterThan(1.5 * Predicted(1e-3)));
    }

    [Test]
    public void Signature_OtherNamesAndWeights_IsTheSameButNotOfOtherShapesOrAttributes()
    {
        static byte[] Softmax(string prefix, long axis, long extent) => new TinyOnnx().Input(prefix + "x", DataType.Float32, 2, extent).Output(prefix + "y", DataType.Float32, 2, extent)
            .Node("Softmax", prefix + "x", prefix + "y", attributes: ("axis", axis)).Build();
        var one = Signature(Softmax("a", 1, 8));
        Assert.That(Signature(Softmax("b", 1, 8)), Is.EqualTo(one));
        Assert.That(Signature(Softmax("a", 0, 8)), Is.Not.EqualTo(one));
        Assert.That(Signature(Softmax("a", 1, 9)), Is.Not.EqualTo(one));
    }

    [TestCase("{", "")]
    [TestCase("null", "")]
    [TestCase("{\"format\": 1}", "")]
    public void Read_NotCosts_SaysHowToMakeThem(string json, string part) => Refused(json, part);

    [TestCase("\"launchSeconds\": 1E-06", "\"launchSeconds\": -1", "'launchSeconds' is -1")]
    [TestCase("\"launchSeconds\": 1E-06", "\"launchSeconds\": NaN", "")]
    [TestCase("\"medianSeconds\": 1E-06", "\"medianSeconds\": 5", "expected 0 ≤ median ≤ p95")]
    [TestCase("\"medianSeconds\": 1E-06", "\"median\": 5", "median")]
    [TestCase("\"samples\": 5", "\"samples\": 0", "of at least one sample")]
    [TestCase("\"format\": 1", "\"format\": 7", "format 7; this library reads 1")]
    public void Read_OnePropertyWrong_NamesIt(string found, string replacement, string part)
    {
        using var stream = new MemoryStream();
        (MeasuredCosts.Empty("m", 1e-6) with { Operators = MeasuredCosts.Empty("m", 0).Operators.Add("00", new MeasuredCost("Relu", 1e-6, 2e-6, 5)) }).Write(stream);
        var json = Encoding.UTF8.GetString(stream.ToArray());
        Assert.That(MeasuredCosts.Read(stream.ToArray()).Operators["00"].P95Seconds, Is.EqualTo(2e-6));
        Assert.That(json, Does.Contain(found));
        Refused(json.Replace(found, replacement, StringComparison.Ordinal), part);
    }

    [Test]
    public void Read_CostsOfAnotherMachine_SaysWhose()
    {
        using var stream = new MemoryStream();
        MeasuredCosts.Empty("a toaster", 1e-6).Write(stream);
        Assert.That(() => CostMachine.Read(Runtime, FileOf(stream.ToArray(), "costs.json")), Throws.TypeOf<ExecutableFormatException>().With.Message.Contains("they are of 'a toaster'; this is '"));
    }

    private MeasuredCosts Fixed(string path, double seconds)
    {
        var costs = new CostCalibrator(Runtime) { Samples = 5 }.Measure([path]);
        return costs with { Operators = costs.Operators.SetItems(costs.Operators.Select(pair => KeyValuePair.Create(pair.Key, pair.Value with { MedianSeconds = seconds, P95Seconds = seconds }))) };
    }

    private string Signature(byte[] model)
    {
        string? signature = null;
        using var loaded = Runtime.Load(FileOf(model), LoadOptions.Default with { OnStage = (stage, state) => signature = stage == "group" ? UnitSignature.Of(state.Units.Single()) : signature });
        return signature!;
    }

    private static void Refused(string json, string part) => Assert.That(
        () => MeasuredCosts.Read(Encoding.UTF8.GetBytes(json)), Throws.TypeOf<ExecutableFormatException>().With.Message.StartsWith("Measured costs: ").And.Message.Contains(part).And.Message.EndsWith("'edgeai calibrate MODEL'."));

    private sealed class Collector(List<CalibrationProgress> seen) : IProgress<CalibrationProgress>
    {
        public void Report(CalibrationProgress value) => seen.Add(value);
    }
}
