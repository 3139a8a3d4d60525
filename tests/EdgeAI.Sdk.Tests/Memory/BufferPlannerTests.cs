using EdgeAI.Compiler.Memory;

namespace EdgeAI.Sdk.Tests.Memory;

public sealed class BufferPlannerTests
{
    [Test]
    public void Solve_NoBuffers_HasHeightZero() =>
        Assert.That(BufferPlanner.Solve(new BufferPlanProblem([])).Height, Is.Zero);

    [Test]
    public void Solve_BuffersThatNeverMeet_ShareOffsetZero()
    {
        var plan = BufferPlanner.Solve(new BufferPlanProblem([new(0, 0, 2, 10), new(1, 2, 4, 20), new(2, 4, 5, 30)]));
        Assert.That(plan.Offsets, Is.EqualTo(new long[] { 0, 0, 0 }));
        Assert.That(plan.Height, Is.EqualTo(30));
    }

    [Test]
    public void Solve_LongLivedBetweenLargeOnes_ReachesLowerBound()
    {
        // First fit by size puts 1 and 2 at 0 and 0 below each other's ends; only the right stacking reaches 30.
        var problem = new BufferPlanProblem([new(0, 0, 4, 10), new(1, 0, 1, 20), new(2, 1, 2, 12), new(3, 1, 3, 8), new(4, 3, 4, 20)]);
        var plan = BufferPlanner.Solve(problem);
        Assert.That(BufferPlanValidator.FirstFault(problem, plan), Is.Null);
        Assert.That(plan.Height, Is.EqualTo(problem.LowerBound).And.EqualTo(30));
    }

    [TestCase(3, 3, 1, 1)]
    [TestCase(0, 1, -1, 1)]
    [TestCase(0, 1, 1, 0)]
    public void Problem_BadBuffer_IsRefused(int lower, int upper, int size, int alignment) =>
        Assert.That(() => new BufferPlanProblem([new(7, lower, upper, size, alignment)]), Throws.ArgumentException.With.Message.Contains("Buffer 7"));

    [Test]
    public void FirstFault_OverlappingOrMisaligned_IsNamed()
    {
        var problem = new BufferPlanProblem([new(0, 0, 2, 10), new(1, 1, 3, 10, 4)]);
        Assert.That(BufferPlanValidator.FirstFault(problem, new BufferPlan([0, 8], 18)), Does.Contain("0 and 1"));
        Assert.That(BufferPlanValidator.FirstFault(problem, new BufferPlan([0, 10], 20)), Does.Contain("misaligned"));
        Assert.That(BufferPlanValidator.FirstFault(problem, new BufferPlan([0, 12], 20)), Does.Contain("outside"));
        Assert.That(BufferPlanValidator.FirstFault(problem, new BufferPlan([0, 12], 22)), Is.Null);
    }

    [Test]
    public void Solve_LiveRangesOfRealNetworks_ReachTheMaximumOfLiveBytes()
    {
        var files = Directory.GetFiles(SharedData.Path("benchmarks", "live-ranges"), "*.csv");
        Assert.That(files, Is.Not.Empty);
        foreach (var file in files)
        {
            var problem = Read(file);
            var plan = BufferPlanner.Solve(problem);
            Assert.That(BufferPlanValidator.FirstFault(problem, plan), Is.Null, file);
            Assert.That(plan.Height, Is.EqualTo(problem.LowerBound), file);
            Assert.That(plan.IsOptimal, Is.True, file);
        }
    }

    [Test]
    public void Solve_MiniMallocInstance_FitsItsCapacity([Values("A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K")] string name)
    {
        const long Capacity = 1_048_576;
        var problem = Read(SharedData.Path("benchmarks", "minimalloc", $"{name}.{Capacity}.csv"));
        var plan = BufferPlanner.Solve(problem, new BufferPlanOptions(Capacity, Nodes: 500_000));
        TestContext.Out.WriteLine($"{name}: height {plan.Height}, {plan.Nodes} nodes");
        Assert.That(BufferPlanValidator.FirstFault(problem, plan), Is.Null);
        Assert.That(plan.Height, Is.LessThanOrEqualTo(Capacity));
        Assert.That(plan.Nodes, Is.Positive, "first fit alone fits none of them");
    }

    [Test]
    public void Solve_BuffersOfOnePlace_ShareAnOffset()
    {
        var problem = new BufferPlanProblem([new(0, 0, 3, 40, 8, Place: 1), new(1, 2, 5, 32, 16, Place: 1), new(2, 0, 5, 20), new(3, 4, 6, 30)]);
        var plan = BufferPlanner.Solve(problem);
        Assert.That(BufferPlanValidator.FirstFault(problem, plan), Is.Null);
        Assert.That(plan.Offsets[0], Is.EqualTo(plan.Offsets[1]));
        Assert.That(plan.Height, Is.EqualTo(90));
        Assert.That(BufferPlanValidator.FirstFault(problem, plan with { Offsets = plan.Offsets.SetItem(1, plan.Offsets[0] + 16), Height = 200 }), Does.Contain("share place 1"));
    }

    [Test]
    public void Solve_ZeroSizes_NeedNoMemory()
    {
        var problem = new BufferPlanProblem([new(0, 0, 4, 0), new(1, 0, 4, 0, 64), new(2, 1, 2, 7)]);
        var plan = BufferPlanner.Solve(problem);
        Assert.That(BufferPlanValidator.FirstFault(problem, plan), Is.Null);
        Assert.That(plan.Height, Is.EqualTo(7));
    }

    [Test]
    public void Solve_HugeSizes_AreRight()
    {
        const long Huge = 1L << 59;
        var problem = new BufferPlanProblem([new(0, 0, 4, Huge - 3), new(1, 0, 1, Huge - 5), new(2, 1, 2, Huge - 6), new(3, 1, 3, 8), new(4, 3, 4, Huge - 6)]);
        var plan = BufferPlanner.Solve(problem);
        Assert.That(BufferPlanValidator.FirstFault(problem, plan), Is.Null);
        Assert.That(plan.Height, Is.InRange(problem.LowerBound, problem.LowerBound + 16));
        Assert.That(plan.ProvedBound, Is.EqualTo(problem.LowerBound));
    }

    [Test]
    public void Problem_SizesBeyondCounting_AreRefused()
    {
        Assert.That(() => new BufferPlanProblem([new(0, 0, 1, long.MaxValue), new(1, 0, 1, long.MaxValue)]), Throws.ArgumentException.With.Message.Contains("2^62"));
        Assert.That(() => new BufferPlanProblem([new(0, 0, 1, 1, long.MaxValue)]), Throws.ArgumentException.With.Message.Contains("2^62"));
        Assert.That(() => new BufferPlanProblem([new(0, 0, 1, 1, (1L << 40) - 1, 5), new(1, 0, 1, 1, 1L << 40, 5)]), Throws.ArgumentException.With.Message.Contains("multiple of both"));
        Assert.That(() => new BufferPlanProblem(default), Throws.ArgumentException);
    }

    [Test]
    public void Solve_NegativeCapacity_IsRefused() =>
        Assert.That(() => BufferPlanner.Solve(new BufferPlanProblem([]), new BufferPlanOptions(-1)), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void Solve_CancelledOrOutOfTime_GivesTheBestSoFar()
    {
        var problem = Read(SharedData.Path("benchmarks", "minimalloc", "E.1048576.csv"));
        var cancelled = BufferPlanner.Solve(problem, new BufferPlanOptions(Cancellation: new CancellationToken(true)));
        var late = BufferPlanner.Solve(problem, new BufferPlanOptions(TimeLimit: TimeSpan.Zero, Nodes: long.MaxValue));
        foreach (var plan in new[] { cancelled, late })
        {
            Assert.That(BufferPlanValidator.FirstFault(problem, plan), Is.Null);
            Assert.That(plan.Nodes, Is.Zero);
            Assert.That(plan.IsOptimal, Is.False);
        }
    }

    /// <summary>Found by the fuzzer as a model of many outputs: repairs of an order that look at millions of pairs each are few.</summary>
    [Test]
    public void Solve_ThousandsOfBlocksAtOnce_StaysWithinTheirPadding()
    {
        var problem = new BufferPlanProblem([.. Enumerable.Range(0, 2000).Select(i => new BufferRequest(i, i % 3, 3, 480 + i, 64))]);
        var plan = BufferPlanner.Solve(problem);
        Assert.That(BufferPlanValidator.FirstFault(problem, plan), Is.Null);
        Assert.That(plan.Height, Is.InRange(problem.LowerBound, problem.LowerBound + 63));
        Assert.That(plan.Nodes, Is.LessThan(2000), "a node looks at many of the four million pairs");
    }

    [Test]
    public void Solve_EqualBlocksThatAlignmentKeepsApart_IsProvedBySummingGranules()
    {
        var problem = new BufferPlanProblem([.. Enumerable.Range(0, 1000).Select(i => new BufferRequest(i, 0, 3, 480, 64))]);
        var plan = BufferPlanner.Solve(problem);
        Assert.That(plan, Has.Property(nameof(plan.Height)).EqualTo((999 * 512) + 480).And.Property(nameof(plan.IsOptimal)).True.And.Property(nameof(plan.Nodes)).Zero);
    }

    private static BufferPlanProblem Read(string path) => new([.. CsvTable.Read(path).Select(row => new BufferRequest(
        (int)row.Number("id"), row.Number("lower"), row.Number("upper"), row.Number("size"), row.ContainsKey("alignment") ? row.Number("alignment") : 1))]);
}
