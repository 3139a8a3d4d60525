using EdgeAI.Scheduling;
using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Search;
using EdgeAI.Scheduling.Segments;

namespace EdgeAI.Sdk.Tests.Scheduling;

[TestFixture]
internal sealed class LaunchPlacementTests
{
    [TestCase(2, 7, 200)]
    [TestCase(3, 6, 250)]
    [TestCase(4, 5, 100)]
    public void Solve_RandomGraphs_BoundAndValueEncloseTheOptimum(int devices, int most, int graphs) => Check(devices, most, 0, graphs);

    [TestCase(2, 9, 900)]
    [TestCase(3, 7, 700)]
    [Explicit("minutes")]
    public void Solve_ManyRandomGraphs_BoundAndValueEncloseTheOptimum(int devices, int most, int graphs) => Check(devices, most, 40_000, graphs);

    [TestCase(2, 9, 150)]
    [TestCase(3, 7, 150)]
    [TestCase(4, 6, 60)]
    public void Solve_BranchesThatMerge_IsOptimalAndProvedSo(int devices, int most, int graphs) => CheckBranches(devices, most, 0, graphs, skips: false);

    [TestCase(2, 10, 600)]
    [TestCase(3, 8, 400)]
    [TestCase(4, 6, 400)]
    [Explicit("minutes")]
    public void Solve_ManyBranchesThatMerge_IsOptimalAndProvedSo(int devices, int most, int graphs)
    {
        CheckBranches(devices, most, 50_000, graphs, skips: false);
        CheckBranches(devices, most, 60_000, graphs, skips: true);
    }

    [TestCase(2, 9, 100)]
    [TestCase(3, 7, 100)]
    public void Solve_BranchesWithValuesThatPassBy_BoundAndValueEncloseTheOptimum(int devices, int most, int graphs) => CheckBranches(devices, most, 0, graphs, skips: true);

    [TestCase(2, 9, 100, false)]
    [TestCase(3, 7, 100, false)]
    [TestCase(3, 7, 100, true)]
    public void LaunchFlow_OfAnyAnswersAtAnyTemperature_BoundsTheOptimum(int devices, int most, int graphs, bool hasBranches)
    {
        for (var seed = 0; seed < graphs; seed++)
        {
            var (problems, random) = (new RandomProblems(seed), new Random(seed));
            var problem = hasBranches ? problems.NextOfBranches(3 + (seed % (most - 2)), devices, skips: true) : problems.Next(1 + (seed % most), devices);
            var solver = new AdditiveSolver(new DenseProblem(problem), new PlacementOptions(), CancellationToken.None);
            var (least, answer) = (new BruteForce(problem).LeastTotal(), new byte[problem.Items.Length]);
            for (var round = 0; round < 8; round++)
            {
                solver.Flow.Add(round % 2 == 0 ? Array.ConvertAll(answer, _ => (byte)random.Next(devices)) : answer);
                solver.Flow.Spread(0.1 + (random.NextDouble() * 8));
                var solution = solver.SolveFlow(1 << 20);
                Assert.That(solution!.Bound, Is.LessThanOrEqualTo(least), $"seed {seed}");
                answer = solution.Devices;
            }
        }
    }

    private static void CheckBranches(int devices, int most, int firstSeed, int graphs, bool skips)
    {
        var proved = 0;
        for (var seed = firstSeed; seed < firstSeed + graphs; seed++)
        {
            var problem = new RandomProblems(seed).NextOfBranches(3 + (seed % (most - 2)), devices, skips);
            var placement = PlacementSolver.Solve(problem);
            var least = new BruteForce(problem).LeastTotal();
            Assert.That(PlacementValidator.Validate(problem, placement), Is.Empty, $"seed {seed}");
            Assert.That(placement.TotalCost, skips ? Is.GreaterThanOrEqualTo(least) : Is.EqualTo(least), $"seed {seed}");
            Assert.That(placement.Certificate.LowerBound, Is.LessThanOrEqualTo(least), $"seed {seed}");
            Assert.That(skips || placement.Certificate.IsOptimal, Is.True, $"seed {seed}");
            proved += placement.Certificate.IsOptimal ? 1 : 0;
        }

        TestContext.Out.WriteLine($"{devices} devices, {graphs} graphs from seed {firstSeed}: {proved} proved");
    }

    private static void Check(int devices, int most, int firstSeed, int graphs)
    {
        var (optimal, proved, excess) = (0, 0, 0.0);
        for (var seed = firstSeed; seed < firstSeed + graphs; seed++)
        {
            var problem = new RandomProblems(seed).Next(1 + (seed % most), devices);
            var placement = PlacementSolver.Solve(problem);
            var least = new BruteForce(problem).LeastTotal();
            Assert.That(PlacementValidator.Validate(problem, placement), Is.Empty, $"seed {seed}");
            Assert.That(placement.TotalCost, Is.GreaterThanOrEqualTo(least), $"seed {seed}");
            Assert.That(placement.Certificate.LowerBound, Is.LessThanOrEqualTo(least), $"seed {seed}");
            optimal += placement.TotalCost == least ? 1 : 0;
            proved += placement.Certificate.IsOptimal ? 1 : 0;
            excess = Math.Max(excess, least == 0 ? 0 : (placement.TotalCost - least) / least);
        }

        TestContext.Out.WriteLine($"{devices} devices, {graphs} graphs from seed {firstSeed}: {optimal} optimal, {proved} proved, worst excess {excess:P1}");
        Assert.That(optimal, Is.GreaterThanOrEqualTo(graphs * 9 / 10));
    }

    [TestCase(2, 1)]
    [TestCase(3, 16)]
    [TestCase(4, 16)]
    public void SegmentOrder_RandomPlacements_CostsLeastLaunches(int devices, int beam)
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var problem = new RandomProblems(seed).Next(1 + (seed % 9), devices);
            var (dense, random) = (new DenseProblem(problem), new Random(seed));
            if (dense.Launch.All(cost => cost == 0))
            {
                continue;
            }

            var placed = Array.ConvertAll(dense.Allowed, _ => random.Next(devices));
            var (segmentOf, count) = SegmentOrder.Find(dense, Array.ConvertAll(placed, device => (byte)device), beam);
            var launches = Enumerable.Range(0, count).Sum(segment => dense.Launch[placed[Array.IndexOf(segmentOf, segment)]]);
            Assert.That(launches, Is.EqualTo(new BruteForce(problem).LeastLaunches(placed)), $"seed {seed}");
        }
    }
}
