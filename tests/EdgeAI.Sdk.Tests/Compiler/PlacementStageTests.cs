using EdgeAI.Compiler;
using EdgeAI.Compiler.Targets.Npu;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Onnx;
using EdgeAI.Runtime;

namespace EdgeAI.Sdk.Tests.Compiler;

/// <summary>Placement: by cost, with reasons, and again where a segment does not compile.</summary>
public sealed class PlacementStageTests
{
    [Test]
    public void Place_CheapAccelerator_TakesAll()
    {
        var plan = Compile(Chain("Neg", "Abs", "Neg"), new FakeTarget("acc"));
        Assert.That(Devices(plan), Is.EqualTo("acc acc acc"));
        Assert.That(plan.Steps.Select((_, step) => plan.DeviceName(step)), Is.EqualTo(new[] { "cpu→acc", "acc", "acc→cpu" }));
    }

    [Test]
    public void Place_RefusedUnit_IsOnTheCpuWithTheReason()
    {
        var plan = Compile(Chain("Neg", "Abs", "Exp"), new FakeTarget("acc") { Takes = unit => unit.Anchor.OpType != "Abs" });
        var answer = plan.Report.Operators[1].Answers.Single(answer => answer.Device == "acc");
        Assert.Multiple(() =>
        {
            Assert.That(Devices(plan), Is.EqualTo("acc cpu acc"));
            Assert.That((answer.IsSupported, answer.Constraint), Is.EqualTo((false, "test")));
            Assert.That(answer.Reason, Does.StartWith("the test does not take Abs '"));
            Assert.That(plan.Explain(), Does.Contain(answer.Reason!));
        });
    }

    [Test]
    public void Place_UnitThatDoesNotCompile_IsPlacedAgainAndNoted()
    {
        var target = new FakeTarget("acc") { Fails = segment => segment.Units.FirstOrDefault(unit => unit.Anchor.OpType == "Abs") };
        var plan = Compile(Chain("Neg", "Abs", "Exp"), target);
        var node = plan.Report.Operators[1].Node;
        Assert.Multiple(() =>
        {
            Assert.That(Devices(plan), Is.EqualTo("acc cpu acc"));
            Assert.That(target.Compiled[0].Units, Has.Length.EqualTo(3), "the whole was tried first");
            Assert.That(plan.Report.Notes, Has.One.EqualTo($"acc could not compile #1 Abs '{node}': register-pressure: found 9 registers, expected 8; placed again without it"));
            Assert.That(plan.Report.Operators[1].Answers[1].Constraint, Is.EqualTo("register-pressure"));
        });
    }

    [Test]
    public void Place_NothingCompiles_EverythingIsOnTheCpu()
    {
        var target = new FakeTarget("acc") { Fails = segment => segment.Units[0] };
        var plan = Compile(Chain("Neg", "Abs", "Exp"), target);
        Assert.That(Devices(plan), Is.EqualTo("cpu cpu cpu"));
        Assert.That(plan.Report.Notes, Has.Length.EqualTo(3));
    }

    [Test]
    public void Place_DeviceOfHalfTheSpeed_ChangesThePlan()
    {
        var bytes = Chain("Neg", "Abs", "Exp");
        var fast = Compile(bytes, Accelerator(1));
        var slow = Compile(bytes, Accelerator(0.5));
        Assert.Multiple(() =>
        {
            Assert.That(Devices(fast), Is.EqualTo("acc acc acc"));
            Assert.That(Devices(slow), Is.EqualTo("cpu cpu cpu"));
            Assert.That(fast.PredictedSeconds, Is.LessThan(slow.PredictedSeconds));
            Assert.That(slow.PredictedSeconds, Is.LessThan(3 * CpuSeconds(bytes) * 0.7 / 0.5), "better than to stay");
        });

        // Seven tenths of the CPU's time at full speed.
        FakeTarget Accelerator(double speed) => new("acc") { Seconds = _ => CpuSeconds(bytes) * 0.7 / speed };
    }

    [Test]
    public void Place_NpuOfHalfTheClock_LosesTheConvolution()
    {
        var model = new QdqModel();
        var x = model.Input(DataType.UInt8, 0.05f, 100, 1, 16, 24, 24);
        model.Output(TestUnits.Conv(model, new Random(4), x, 32, [3, 3], pads: [1, 1, 1, 1]));
        var bytes = OnnxWriter.ToBytes(model.Model);
        var full = NpuConfiguration.Micro256;
        var half = full with { ClockHertz = full.ClockHertz / 2 };
        var conv = Compile(bytes, new NpuTarget(full)).Report.Operators.Single(unit => unit.Operator == "QDQ Conv");
        var borders = new NpuTarget(full).BorderSecondsPerByte * (16 + 32) * 24 * 24;
        var (cpu, npu) = (conv.Answers.Single(answer => answer.Device == "cpu").Seconds, conv.Answers.Single(answer => answer.Device == "npu").Seconds + borders);

        // A board whose CPU needs one and a half times as long as the NPU at full speed, layout changes at its borders included.
        var board = Board() with { Cpu = Board().Cpu with { IntegerMacsPerSecond = Board().Cpu.IntegerMacsPerSecond * cpu / (1.5 * npu), NodeSeconds = 0 } };
        Assert.Multiple(() =>
        {
            Assert.That(Devices(Compile(bytes, new NpuTarget(full), board)), Is.EqualTo("cpu npu cpu"));
            Assert.That(Devices(Compile(bytes, new NpuTarget(half), board)), Is.EqualTo("cpu cpu cpu"));
        });
    }

    [Test]
    public void Place_BoardWithAFasterCpu_ChangesThePlan()
    {
        var board = Board() with { Cpu = Board().Cpu with { ElementsPerSecond = 1e15, MemoryBytesPerSecond = 1e15, NodeSeconds = 0 } };
        var bytes = Chain("Neg", "Abs", "Exp");
        var target = new FakeTarget("acc") { Seconds = _ => 1e-6 };
        Assert.That(Devices(Compile(bytes, target)), Is.EqualTo("acc acc acc"));
        Assert.That(Devices(Compile(bytes, target, board)), Is.EqualTo("cpu cpu cpu"));
    }

    [Test]
    public void Place_ValueOfUnknownSizeBetweenDevices_KeepsTheModelTogether()
    {
        var bytes = new TinyOnnx().Input("x", DataType.Float32, 4).Output("y", DataType.Float32, 4).Output("z", DataType.Int64, 1, "n")
            .Node("Neg", "x", "h").Node("NonZero", "h", "i").Node("Identity", "i", "z").Node("Abs", "h", "y").Build();
        var target = new FakeTarget("acc") { Takes = unit => unit.Anchor.OpType is "NonZero" };
        var plan = Compile(bytes, target);
        Assert.Multiple(() =>
        {
            Assert.That(Devices(plan), Does.Not.Contain("acc"));
            Assert.That(plan.Report.Notes, Has.One.Contains("has a size that is known only in the run"));
        });
    }

    [TestCase("NonZero")]
    [TestCase("Gather")]
    public void Place_ValueOfUnknownSize_KeepsOnlyWhatMayRunBehindItOnTheCpu(string also)
    {
        var bytes = new TinyOnnx().Input("x", DataType.Float32, 4).Output("y", DataType.Float32, 4).Output("z", DataType.Float32, "n", 1)
            .Node("Neg", "x", "h").Node("NonZero", "h", "i").Node("Transpose", "i", "t").Node("Exp", "h", "y").Node("Add", "y h", "s").Node("Gather", "s t", "z").Build();
        var target = new FakeTarget("acc") { Takes = unit => unit.Anchor.OpType == "Neg" || unit.Anchor.OpType == also, Seconds = _ => 1e-9 };
        Assert.That(Devices(Compile(bytes, target)), Is.EqualTo("acc cpu cpu cpu cpu cpu"));
    }

    [Test]
    public void Compile_Twice_GivesEqualBytes()
    {
        var bytes = Chain("Neg", "Abs", "Exp", "Neg");
        var target = new FakeTarget("acc") { Takes = unit => unit.Anchor.OpType == "Neg" };
        Assert.That(Bytes(Compile(bytes, target)), Is.EqualTo(Bytes(Compile(bytes, target))));
    }

    [Test]
    public void Compile_Cancelled_Throws()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var compiler = new ModelCompiler(new CompilerOptions());
        Assert.That(() => compiler.Compile(OnnxReader.Read(Chain("Neg")), "chain", source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Compile_StoppedAfterAStage_HasWhatCameBefore()
    {
        var stages = new List<string>();
        var compiler = new ModelCompiler(new CompilerOptions { StopAfter = "group", OnStage = (stage, _) => stages.Add(stage) });
        var state = compiler.Compile(OnnxReader.Read(Chain("Neg", "Abs")), "chain");
        Assert.Multiple(() =>
        {
            Assert.That(stages, Is.EqualTo(ModelCompiler.StageNames.TakeWhile(name => name != "group").Append("group")));
            Assert.That(state.Units, Has.Length.EqualTo(2));
            Assert.That(state.Plan, Is.Null);
        });
    }

    /// <summary>x → … → y over Float32[1000].</summary>
    internal static byte[] Chain(params string[] operators)
    {
        var model = new TinyOnnx().Input("x", DataType.Float32, 1000).Output("y", DataType.Float32, 1000);
        for (var i = 0; i < operators.Length; i++)
        {
            model.Node(operators[i], i == 0 ? "x" : $"h{i}", i == operators.Length - 1 ? "y" : $"h{i + 1}");
        }

        return model.Build();
    }

    internal static Plan Compile(byte[] bytes, Target target, BoardProfile? board = null) =>
        new ModelCompiler(new CompilerOptions { Accelerators = [target], Profile = board ?? Board() }).Compile(OnnxReader.Read(bytes), "chain").Plan!;

    internal static string Devices(Plan plan) => string.Join(' ', plan.Report.Operators.Select(unit => unit.Device));

    /// <summary>The hub with copies and launches for nothing, so that the units' costs alone decide.</summary>
    private static BoardProfile Board() => BoardProfile.Default with { Launches = BoardProfile.Default.Launches.Clear(), Links = BoardProfile.Default.Links.SetItem("acc", Free).SetItem("npu", Free) };

    private static LinkProfile Free => new(1e18, 0, 0);

    private static double CpuSeconds(byte[] bytes) =>
        Compile(bytes, new FakeTarget("acc") { Takes = _ => false }).Report.Operators.Max(unit => unit.Predicted.Seconds);

    private static byte[] Bytes(Plan plan)
    {
        using var stream = new MemoryStream();
        PlanWriter.Write(plan, stream);
        return stream.ToArray();
    }
}
