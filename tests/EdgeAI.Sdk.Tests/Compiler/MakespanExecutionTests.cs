using EdgeAI.Compiler;
using EdgeAI.Hal;
using EdgeAI.Onnx;
using EdgeAI.Runtime;
using EdgeAI.Scheduling;

namespace EdgeAI.Sdk.Tests.Compiler;

/// <summary>
/// What the executor makes of a plan for the least makespan. It starts what is ready, has one lane for both directions of a link and waits
/// for memory that is used again, so it may end later than the placement's timeline; docs/scheduler.md says how.
/// </summary>
public sealed class MakespanExecutionTests
{
    private const int Graphs = 40;

    [Test]
    public void Predict_RandomBranchyGraphs_NeverBelowTheBoundAndCloseToTheTimeline()
    {
        var (equal, sooner, later, worst, sum) = (0, 0, 0, 0.0, 0.0);
        for (var seed = 0; seed < Graphs; seed++)
        {
            var state = Compile(seed);
            var (planned, executed) = (state.Placement!.Timeline!.Makespan, PlanTimeline.Predict(state.Plan!).MakespanSeconds);
            var ratio = executed / planned;
            Assert.That(executed, Is.GreaterThanOrEqualTo(state.Placement.Certificate.LowerBound * (1 - 1e-9)), $"seed {seed}");
            Assert.That(executed, Is.LessThanOrEqualTo(state.Plan!.Steps.Sum(step => step.Predicted.Seconds) * (1 + 1e-9)), $"seed {seed}: no worse than one step after the other");
            (equal, sooner, later) = (equal + (Math.Abs(ratio - 1) <= 1e-9 ? 1 : 0), sooner + (ratio < 1 - 1e-9 ? 1 : 0), later + (ratio > 1 + 1e-9 ? 1 : 0));
            (worst, sum) = (Math.Max(worst, ratio), sum + ratio);
        }

        TestContext.Out.WriteLine($"{Graphs} graphs (seeds 0 to {Graphs - 1}): {equal} as planned, {sooner} sooner, {later} later; mean {sum / Graphs:F3}, worst {worst:F3} of the timeline");
        Assert.That(sum / Graphs, Is.LessThan(1.1));
    }

    private static Compilation Compile(int seed)
    {
        var random = new Random(seed);
        var model = new TinyOnnx().Input("x", DataType.Float32, 50, 20).Output("y", DataType.Float32, 50, 20).Output("z", DataType.Float32, 50, 20);
        var (names, count) = (new List<string> { "x" }, 8 + (seed % 12));
        for (var i = 0; i < count; i++)
        {
            var name = i == count - 1 ? "y" : i == count - 2 ? "z" : $"h{i}";
            model.Node("Add", $"{names[random.Next(names.Count)]} {names[random.Next(Math.Max(0, names.Count - 4), names.Count)]}", name);
            names.Add(name);
        }

        var seconds = Enumerable.Range(0, count).Select(_ => random.Next(1, 40) * 1e-6).ToArray();
        var profile = BoardProfile.Default with
        {
            Cpu = new CpuProfile(1e9, 1e9, 4e7, 1e12, 1e-6, 1),
            Launches = BoardProfile.Default.Launches.Clear().Add("acc", 1e-6).Add("cpu", 1e-6),
            Links = BoardProfile.Default.Links.SetItem("acc", new LinkProfile(1e9, 1e-6, 0)),
        };
        return new ModelCompiler(new CompilerOptions
        {
            Accelerators = [new FakeTarget("acc") { Seconds = unit => seconds[unit.Index % count] }], Profile = profile, Placement = new() { Objective = PlacementObjective.Makespan },
        }).Compile(OnnxReader.Read(model.Build()), $"graph {seed}");
    }
}
