using EdgeAI.Compiler;
using EdgeAI.Hal;
using EdgeAI.Onnx;
using EdgeAI.Scheduling;

namespace EdgeAI.Sdk.Tests.Compiler;

/// <summary>Placement solved again with what compiled segments cost, and with other objectives.</summary>
public sealed class SegmentFeedbackTests
{
    private static readonly byte[] Model = PlacementStageTests.Chain("Neg", "Abs", "Neg");

    [Test]
    public void Place_CompiledSegmentDearerThanTheCpu_GoesBackToTheCpu()
    {
        var state = Compile(new FakeTarget("acc") { SegmentSeconds = _ => 1 });
        Assert.Multiple(() =>
        {
            Assert.That(Devices(state), Is.EqualTo("cpu cpu cpu"));
            Assert.That(state.Check!.FirstCompiled, Is.GreaterThan(1).Or.EqualTo(1));
            Assert.That(state.Check.Compiled, Is.LessThan(0.01));
            Assert.That(state.Notes, Has.One.EqualTo("placed again: compiled, it costs 100 % less than the first plan"));
            Assert.That(state.Placement!.Certificate.ToString(), Does.Contain(" as compiled"));
        });
    }

    [Test]
    public void Place_CompiledSegmentsCheaperThanTheirUnits_DrawMoreUnits()
    {
        var state = Compile(new FakeTarget("acc") { Seconds = Seconds, SegmentSeconds = segment => 0.4 * segment.Units.Sum(Seconds) });
        Assert.Multiple(() =>
        {
            Assert.That(Devices(state), Is.EqualTo("acc acc acc"));
            Assert.That(state.Check!.Compiled, Is.EqualTo(1.0 * CpuSeconds).Within(1).Percent);
            Assert.That(state.Check.FirstCompiled, Is.EqualTo(1.4 * CpuSeconds).Within(1).Percent);
            Assert.That(state.Check.ModelGap, Is.EqualTo(1.5).Within(2).Percent);
        });
    }

    [Test]
    public void Place_OtherPlanIsDearerWhenCompiled_TheFirstStays()
    {
        var target = new FakeTarget("acc") { Seconds = Seconds, SegmentSeconds = segment => segment.Units.Length == 3 ? 1 : 0.4 * segment.Units.Sum(Seconds) };
        var state = Compile(target);
        Assert.Multiple(() =>
        {
            Assert.That(Devices(state), Is.EqualTo("acc cpu acc"));
            Assert.That(target.Compiled, Has.Some.Property(nameof(GraphSegment.Units)).Length.EqualTo(3), "the other plan was compiled");
            Assert.That(state.Check!.Compiled, Is.EqualTo(state.Check.FirstCompiled));
            Assert.That(state.Segments, Has.Length.EqualTo(state.Compiled.Length).And.Length.EqualTo(state.Placement!.Segments.Length));
            Assert.That(state.Plan, Is.Not.Null);
        });
    }

    /// <summary>"a" goes from the first segment of the accelerator to its second without leaving it: only the four copies' borders are counted elsewhere.</summary>
    [Test]
    public void Place_ValueThatStaysOnItsDevice_IsNotTakenForACopy()
    {
        var bytes = new TinyOnnx().Input("x", DataType.Float32, 4).Output("y", DataType.Float32, 4).Node("Neg", "x", "a").Node("Abs", "a", "b").Node("Sub", "a b", "y").Build();
        var cpu = Compile(new FakeTarget("acc") { Takes = _ => false }, model: bytes).Plan!.Report.Operators.Max(unit => unit.Predicted.Seconds);
        var target = new FakeTarget("acc") { Takes = unit => unit.Anchor.OpType != "Abs", Border = 0.1 * cpu / 16, SegmentSeconds = _ => cpu };
        var state = Compile(target, model: bytes);
        Assert.That(target.Compiled.Count(segment => segment.Units.Length == 1), Is.EqualTo(2));
        Assert.That(state.Check!.FirstCompiled, Is.EqualTo(3 * cpu).Within(1).Percent);
    }

    /// <summary>The segment hides what enters and leaves it: it takes less than placement counts with the copies alone.</summary>
    [Test]
    public void Place_SegmentCheaperThanItsBorders_CountsTheSegmentOnly()
    {
        var bytes = OnnxReader.Read(Model).Graph.Inputs[0].Tensor!.Shape.ElementCount * sizeof(float);
        var state = Compile(new FakeTarget("acc") { Border = CpuSeconds / bytes, SegmentSeconds = _ => 0.5 * CpuSeconds });
        Assert.That(Devices(state), Is.EqualTo("acc acc acc"));
        Assert.That(state.Check!.Modelled, Is.EqualTo(2 * CpuSeconds).Within(1).Percent);
        Assert.That(state.Check.FirstCompiled, Is.EqualTo(0.5 * CpuSeconds).Within(1).Percent);
    }

    [Test]
    public void Place_AllOnTheAcceleratorIsCheaperCompiled_IsTakenThoughNoSumSaysSo()
    {
        var state = Compile(new FakeTarget("acc") { Seconds = Seconds, SegmentSeconds = FusedSeconds });
        var certificate = state.Placement!.Certificate;
        Assert.Multiple(() =>
        {
            Assert.That(Devices(state), Is.EqualTo("acc acc acc"));
            Assert.That(state.Check!.FirstCompiled, Is.EqualTo(1.75 * CpuSeconds).Within(1).Percent);
            Assert.That(state.Check.Compiled, Is.EqualTo(0.5 * CpuSeconds).Within(1).Percent);
            Assert.That(state.Notes, Has.One.EndsWith(", each unit on the first of acc, cpu that takes it"));
            Assert.That(certificate.Value, Is.EqualTo(2.5 * CpuSeconds).Within(1).Percent);
            Assert.That(certificate.LowerBound, Is.EqualTo(2 * CpuSeconds).Within(1).Percent, "of the model, not of the plan by priority");
            Assert.That(state.Placement.AdditiveCertificate.IsOptimal, Is.False);
        });
    }

    [Test]
    public void Place_PlanByPriorityTooDearAtBest_IsNotCompiled()
    {
        var target = new FakeTarget("acc") { Seconds = unit => CpuSeconds * (unit.Anchor.OpType == "Abs" ? 9 : 0.5), SegmentSeconds = FusedSeconds };
        Assert.That(Devices(Compile(target)), Is.EqualTo("acc cpu acc"));
        Assert.That(target.Compiled, Has.All.Property(nameof(GraphSegment.Units)).Length.EqualTo(1));
    }

    /// <summary>The sum leaves everything on the CPU, and nothing compiled says how far it is from the truth.</summary>
    [Test]
    public void Place_AllOnTheCpuAtFirst_StillAsksWhatTheAcceleratorMakesOfIt()
    {
        var state = Compile(new FakeTarget("acc") { Seconds = _ => 2 * CpuSeconds, SegmentSeconds = FusedSeconds });
        Assert.That(Devices(state), Is.EqualTo("acc acc acc"));
        Assert.That(state.Check!.FirstCompiled, Is.EqualTo(3 * CpuSeconds).Within(1).Percent);
        Assert.That(state.Check.Compiled, Is.EqualTo(0.5 * CpuSeconds).Within(1).Percent);
    }

    [Test]
    public void Place_PlanByPriorityDoesNotCompileOrFit_TheFirstStays()
    {
        var fails = new FakeTarget("acc") { Seconds = Seconds, SegmentSeconds = FusedSeconds, Fails = segment => segment.Units.Length == 3 ? segment.Units[0] : null };
        var full = new FakeTarget("acc") { Seconds = Seconds, SegmentSeconds = FusedSeconds, Memory = 10_000, Resident = unit => unit.Anchor.OpType == "Abs" ? 9_000 : 500 };
        Assert.That(Devices(Compile(fails)), Is.EqualTo("acc cpu acc"));
        Assert.That(Devices(Compile(full)), Is.EqualTo("acc cpu acc"));
    }

    [TestCase(PlacementObjective.Makespan)]
    [TestCase(PlacementObjective.Throughput)]
    public void Compile_ParallelObjective_IsInTheCertificateAndThePlanIsWhole(PlacementObjective objective)
    {
        var state = Compile(new FakeTarget("acc") { SegmentSeconds = _ => 1e-9 }, new() { Objective = objective });
        Assert.That(state.Placement!.Certificate.Objective, Is.EqualTo(objective));
        Assert.That((state.Placement.Timeline is not null, state.Placement.Pipeline is not null), Is.EqualTo((objective == PlacementObjective.Makespan, objective == PlacementObjective.Throughput)));
        Assert.That(state.Plan, Is.Not.Null);
    }

    [Test]
    public void Compile_ForEnergy_PlacesWhereJoulesAreFewest()
    {
        var state = Compile(new FakeTarget("acc") { Seconds = _ => 1 }, new() { Objective = PlacementObjective.Energy });
        Assert.That(Devices(state), Is.EqualTo("acc acc acc"), "the accelerator is slow and takes no energy");
        Assert.That(state.Placement!.Certificate.Unit, Is.EqualTo(PlacementUnit.Joules));
    }

    [Test]
    public void Compile_BudgetThatNothingKeeps_FailsWithTheLeast() => Assert.That(
        () => Compile(new FakeTarget("acc"), new() { Objective = PlacementObjective.Energy, LatencyBudget = 1e-15 }),
        Throws.TypeOf<PlacementFailedException>().With.Message.Contains("latency budget of 1E-15 s: the least that was found is"));

    private static double CpuSeconds { get; } = Compile(new FakeTarget("acc") { Takes = _ => false }).Plan!.Report.Operators.Max(unit => unit.Predicted.Seconds);

    private static double Seconds(GraphUnit unit) => CpuSeconds * (unit.Anchor.OpType == "Abs" ? 1.5 : 0.5);

    /// <summary>One of two segments costs half of its unit; all in one segment cost a fifth of their sum.</summary>
    private static double? FusedSeconds(GraphSegment segment) => CpuSeconds * (segment.Units.Length == 3 || segment.Units[0].Index == 0 ? 0.5 : 0.25);

    private static string Devices(Compilation state) => string.Join(' ', state.Placement!.Devices.Select(device => state.Targets[device].Id));

    private static Compilation Compile(FakeTarget target, PlacementOptions? options = null, byte[]? model = null) => new ModelCompiler(new CompilerOptions
    {
        Accelerators = [target],
        Profile = BoardProfile.Default with { Launches = BoardProfile.Default.Launches.Clear(), Links = BoardProfile.Default.Links.SetItem("acc", new LinkProfile(1e18, 0, 0)) },
        Placement = options ?? PlacementOptions.Default,
    }).Compile(OnnxReader.Read(model ?? Model), "chain");
}
