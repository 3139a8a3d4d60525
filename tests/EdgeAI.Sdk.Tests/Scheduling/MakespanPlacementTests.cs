using System.Diagnostics;
using EdgeAI.Scheduling;
using EdgeAI.Scheduling.Makespan;
using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Sdk.Tests.Scheduling;

[TestFixture]
internal sealed class MakespanPlacementTests
{
    private static readonly PlacementOptions Makespan = new() { Objective = PlacementObjective.Makespan };

    [TestCase(2, 4, 300)]
    [TestCase(3, 3, 150)]
    public void Solve_RandomGraphs_BoundAndValueEncloseTheOptimum(int devices, int most, int graphs) => Check(devices, most, 0, graphs);

    [TestCase(2, 5, 1200)]
    [TestCase(3, 4, 600)]
    [Explicit("minutes")]
    public void Solve_ManyRandomGraphs_BoundAndValueEncloseTheOptimum(int devices, int most, int graphs) => Check(devices, most, 10_000, graphs);

    [Test]
    public void Solve_LargerRandomGraphs_AreLegalAndNoWorseThanAnyStart()
    {
        Parallel.For(0, 60, seed =>
        {
            var problem = new RandomProblems(seed).Next(8 + (seed % 25), 2 + (seed % 3));
            var dense = new DenseProblem(problem);
            var solver = new MakespanSolver(dense, Makespan, CancellationToken.None);
            solver.Solve();
            var placement = PlacementSolver.Assemble(dense, solver, Stopwatch.GetTimestamp());
            Assert.That(PlacementValidator.Validate(problem, placement), Is.Empty, $"seed {seed}");
            Assert.That(placement.Timeline!.Makespan, Is.LessThanOrEqualTo(solver.Starts.Min(start => start.Value)), $"seed {seed}");
        });
    }

    private static void Check(int devices, int most, int firstSeed, int graphs)
    {
        var (optimal, proved, excess, gaps) = (0, 0, 0.0, 0.0);
        for (var seed = firstSeed; seed < firstSeed + graphs; seed++)
        {
            var problem = new RandomProblems(seed).Next(1 + (seed % most), devices);
            var placement = PlacementSolver.Solve(problem, Makespan);
            var least = new BruteForceMakespan(problem).Least(placement.Timeline!.Makespan);
            Assert.That(PlacementValidator.Validate(problem, placement), Is.Empty, $"seed {seed}");
            Assert.That(placement.Certificate.LowerBound, Is.LessThanOrEqualTo(least), $"seed {seed}");
            Assert.That(placement.Certificate.Value, Is.GreaterThanOrEqualTo(least), $"seed {seed}");
            Assert.That(new SpineBound(new DenseProblem(problem)).Bound(100_000, CancellationToken.None), Is.LessThanOrEqualTo(least), $"seed {seed}");
            optimal += placement.Certificate.Value == least ? 1 : 0;
            proved += placement.Certificate.IsOptimal ? 1 : 0;
            excess = Math.Max(excess, least == 0 ? 0 : (placement.Certificate.Value - least) / least);
            gaps += placement.Certificate.Gap;
        }

        TestContext.Out.WriteLine($"{devices} devices, {graphs} graphs from seed {firstSeed}: {optimal} optimal, {proved} proved, worst excess {excess:P1}, mean gap {gaps / graphs:P1}");
        Assert.That(optimal, Is.GreaterThanOrEqualTo(graphs * 9 / 10));
    }
}
