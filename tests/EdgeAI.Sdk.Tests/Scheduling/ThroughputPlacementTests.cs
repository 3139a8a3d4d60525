using EdgeAI.Scheduling;
using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Throughput;

namespace EdgeAI.Sdk.Tests.Scheduling;

[TestFixture]
internal sealed class ThroughputPlacementTests
{
    [TestCase(2, 6, 200, 1)]
    [TestCase(3, 4, 150, 1.5)]
    public void Solve_RandomGraphs_BoundAndValueEncloseTheOptimum(int devices, int most, int graphs, double contention) => Check(devices, most, 0, graphs, contention);

    [TestCase(2, 9, 600, 1)]
    [TestCase(3, 6, 600, 1.25)]
    [Explicit("minutes")]
    public void Solve_ManyRandomGraphs_BoundAndValueEncloseTheOptimum(int devices, int most, int graphs, double contention) => Check(devices, most, 20_000, graphs, contention);

    [TestCase(2, 7, 150)]
    [TestCase(3, 5, 150)]
    [TestCase(4, 4, 50)]
    public void StageChain_DevicesLinkedWithTheHostOnly_EqualsBruteForce(int devices, int most, int graphs)
    {
        for (var seed = 0; seed < graphs; seed++)
        {
            var problem = Star(new RandomProblems(seed).Next(1 + (seed % most), devices));
            var least = new BruteForceThroughput(problem, 1).Least().Stages;
            var dense = new DenseProblem(problem);
            var stages = StageChain.Solve(dense, CancellationToken.None);
            Assert.That(stages is null, Is.EqualTo(double.IsInfinity(least)), $"seed {seed}");
            if (stages is not null)
            {
                var solver = new ThroughputSolver(dense, PlacementOptions.Default, CancellationToken.None);
                Assert.That(solver.LoadsOf(stages).Period, Is.EqualTo(least), $"seed {seed}");
            }
        }
    }

    [Test]
    public void Solve_ChainOfTwoKindsOfWork_MakesOneStageForEachDevice()
    {
        var problem = SmallProblems.Create([[4, 9], [4, 9], [9, 4], [9, 4]], SmallProblems.Chain(4));
        var placement = PlacementSolver.Solve(problem, new() { Objective = PlacementObjective.Throughput });
        Assert.That(placement.Devices, Is.EqualTo(new[] { 0, 0, 1, 1 }));
        Assert.That(placement.Pipeline!.Period, Is.EqualTo(8));
        Assert.That(placement.Pipeline.IsChainOfStages, Is.True);
        Assert.That(placement.Certificate.IsOptimal, Is.True);
    }

    [Test]
    public void Solve_SlowLink_IsTheBottleneckAndContentionSlowsIt()
    {
        var problem = SmallProblems.Create([[SmallProblems.Refused, 2], [20, 3]], SmallProblems.Chain(2)) with { Links = [new Link(0, 1, 6, 0), new Link(1, 0, 1, 0)] };
        var placement = PlacementSolver.Solve(problem, new() { Objective = PlacementObjective.Throughput, CopyContention = 1.5 });
        Assert.That((placement.Pipeline!.Bottleneck, placement.Pipeline.Period), Is.EqualTo(("CPU → NPU", 9.0)));
    }

    private static PlacementProblem Star(PlacementProblem problem) =>
        problem with { Links = [.. problem.Links.Where(link => link.From == problem.HostDevice || link.To == problem.HostDevice)] };

    private static void Check(int devices, int most, int firstSeed, int graphs, double contention)
    {
        var (optimal, proved, gaps) = (0, 0, 0.0);
        for (var seed = firstSeed; seed < firstSeed + graphs; seed++)
        {
            var problem = new RandomProblems(seed).Next(1 + (seed % most), devices);
            var placement = PlacementSolver.Solve(problem, new() { Objective = PlacementObjective.Throughput, CopyContention = contention });
            var least = new BruteForceThroughput(problem, contention).Least().Any;
            Assert.That(PlacementValidator.Validate(problem, placement), Is.Empty, $"seed {seed}");
            Assert.That(placement.Certificate.LowerBound, Is.LessThanOrEqualTo(least), $"seed {seed}");
            Assert.That(placement.Certificate.Value, Is.GreaterThanOrEqualTo(least), $"seed {seed}");
            optimal += placement.Certificate.Value == least ? 1 : 0;
            proved += placement.Certificate.IsOptimal ? 1 : 0;
            gaps += placement.Certificate.Gap;
        }

        TestContext.Out.WriteLine($"{devices} devices, {graphs} graphs from seed {firstSeed}: {optimal} optimal, {proved} proved, mean gap {gaps / graphs:P1}");
        Assert.That(optimal, Is.GreaterThanOrEqualTo(graphs * 9 / 10));
    }
}
