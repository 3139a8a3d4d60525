using System.Collections.Immutable;
using System.Globalization;
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
    public void Solve_RandomProblems_AreRightAndDeterministic([Range(1, 40)] int seed)
    {
        var random = new Random(seed);
        var buffers = Enumerable.Range(0, random.Next(1, 60)).Select(id =>
        {
            var lower = random.Next(40);
            return new BufferRequest(id, lower, lower + random.Next(1, 12), random.Next(0, 200), 1 << random.Next(5));
        }).ToImmutableArray();
        var problem = new BufferPlanProblem(buffers);
        var options = new BufferPlanOptions(Rounds: 50, Nodes: 500);
        var plan = BufferPlanner.Solve(problem, options);
        Assert.That(BufferPlanValidator.FirstFault(problem, plan), Is.Null, $"seed {seed}");
        Assert.That(plan.Height, Is.GreaterThanOrEqualTo(problem.LowerBound), $"seed {seed}");
        Assert.That(BufferPlanner.Solve(problem, options).Offsets, Is.EqualTo(plan.Offsets), $"seed {seed}");
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
        }
    }

    private static BufferPlanProblem Read(string path) =>
        new([.. File.ReadLines(path).Skip(1).Select(line => line.Split(',').Select(cell => long.Parse(cell, CultureInfo.InvariantCulture)).ToArray())
            .Select(row => new BufferRequest((int)row[0], row[1], row[2], row[3], row[4]))]);
}
