using EdgeAI.Scheduling.Flow;
using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Segments;
using EdgeAI.Scheduling;
using EdgeAI.Scheduling.Elimination;

namespace EdgeAI.Sdk.Tests.Scheduling;

[TestFixture]
internal sealed class AdditivePlacementTests
{
    private static readonly PlacementOptions Additive = new() { Objective = PlacementObjective.Additive };

    [TestCase(2, 1, 10, 400)]
    [TestCase(3, 1, 6, 600)]
    [TestCase(3, 8, 9, 60)]
    [TestCase(4, 1, 5, 300)]
    [TestCase(5, 4, 5, 40)]
    public void Solve_RandomGraphs_EqualsBruteForce(int devices, int fewest, int most, int graphs) => Check(devices, fewest, most, 0, graphs);

    /// <summary>The score of a variable with so many neighbors passes 64 bits.</summary>
    [Test]
    public void Order_ValueWithTwoThousandReaders_IsNotEliminatedFirst()
    {
        const int readers = 2000;
        var problem = new PlacementProblem
        {
            Devices = [.. Enumerable.Range(0, 3).Select(device => new PlacementDevice($"d{device}"))],
            Items = [.. Enumerable.Range(0, readers + 1).Select(item => new PlacementItem($"i{item}"))],
            Costs = new CostTable(readers + 1, 3, (item, device) => DeviceCost.Of((item + device) % 3)),
            Values = [new PlacementValue("wide", 100, 0, [.. Enumerable.Range(1, readers)])],
            Links = [.. Enumerable.Range(1, 2).SelectMany(device => (Link[])[Link.OfBandwidth(0, device, 100, 1), Link.OfBandwidth(device, 0, 100, 1)])],
        };
        var dense = new DenseProblem(problem);
        var network = NetworkBuilder.Build(dense, dense.Allowed, LaunchPath.None).Network;
        Assert.That(EliminationOrder.Find(network, 1 << 12, minFill: false, CancellationToken.None), Is.Not.Null);
        Assert.That(PlacementSolver.Solve(problem, Additive).Certificate.IsOptimal);
    }

    [TestCase(2, 1, 12, 2400)]
    [TestCase(3, 1, 8, 1600)]
    [Explicit("minutes")]
    public void Solve_ManyRandomGraphs_EqualsBruteForce(int devices, int fewest, int most, int graphs) => Check(devices, fewest, most, 30_000, graphs);

    private static void Check(int devices, int fewest, int most, int firstSeed, int graphs)
    {
        for (var seed = firstSeed; seed < firstSeed + graphs; seed++)
        {
            var problem = new RandomProblems(seed).Next(fewest + (seed % (most - fewest + 1)), devices);
            var placement = PlacementSolver.Solve(problem, Additive);
            Assert.That(placement.AdditiveCost, Is.EqualTo(new BruteForce(problem).LeastAdditive()), $"seed {seed}");
            Assert.That(placement.Certificate.IsOptimal, Is.True, $"seed {seed}");
            Assert.That(PlacementValidator.Validate(problem, placement), Is.Empty, $"seed {seed}");
        }
    }

    [Test]
    public void Solve_WideFanOut_EqualsBruteForce()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var problem = new RandomProblems(1000 + seed).Next(7, 3, maxConsumers: 12);
            Assert.That(PlacementSolver.Solve(problem, Additive).AdditiveCost, Is.EqualTo(new BruteForce(problem).LeastAdditive()), $"seed {1000 + seed}");
        }
    }

    [Test]
    public void MinCutSolver_TwoDevices_AgreesWithElimination()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var problem = new RandomProblems(seed).Next(1 + (seed % 60), 2);
            var dense = new DenseProblem(problem);
            var cut = MinCutSolver.Solve(dense, dense.Allowed, LaunchPath.None, CancellationToken.None);
            Assert.That(dense.AdditiveCost(cut), Is.EqualTo(PlacementSolver.Solve(problem, Additive).AdditiveCost), $"seed {seed}");
        }
    }

    [Test]
    public void AdditiveCost_OfEveryPlacement_IsTheSameInAllThreeImplementations()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var problem = new RandomProblems(seed).Next(4, 3);
            var (dense, brute) = (new DenseProblem(problem), new BruteForce(problem));
            foreach (var devices in brute.Placements())
            {
                var expected = PlacementValidator.AdditiveCost(problem, devices);
                Assert.That(brute.AdditiveCost(devices), Is.EqualTo(expected), $"seed {seed}");
                Assert.That(dense.AdditiveCost(Array.ConvertAll(devices, device => (byte)device)), Is.EqualTo(expected), $"seed {seed}");
            }
        }
    }
}
