using EdgeAI.Scheduling;

namespace EdgeAI.Sdk.Tests.Scheduling;

[TestFixture]
internal sealed class CapacityPlacementTests
{
    private static readonly PlacementOptions Additive = new() { Objective = PlacementObjective.Additive };

    [TestCase(2, 6, 150, true)]
    [TestCase(2, 9, 60, false)]
    [TestCase(3, 6, 80, false)]
    public void Solve_RandomGraphs_FitsAndEnclosesTheOptimum(int devices, int most, int graphs, bool isExact)
    {
        var (optimal, infeasible) = (0, 0);
        for (var seed = 0; seed < graphs; seed++)
        {
            var problem = Problem(seed, 1 + (seed % most), devices);
            var least = Least(problem);
            if (double.IsInfinity(least))
            {
                infeasible++;
                Assert.That(() => PlacementSolver.Solve(problem, Additive), Throws.TypeOf<InfeasiblePlacementException>(), $"seed {seed}");
                continue;
            }

            Placement placement;
            try
            {
                placement = PlacementSolver.Solve(problem, Additive);
            }
            catch (InfeasiblePlacementException) when (!isExact)
            {
                continue;
            }

            Assert.That(PlacementValidator.Validate(problem, placement), Is.Empty, $"seed {seed}");
            Assert.That(placement.AdditiveCost, isExact ? Is.EqualTo(least) : Is.GreaterThanOrEqualTo(least), $"seed {seed}");
            Assert.That(placement.Certificate.LowerBound, Is.LessThanOrEqualTo(least), $"seed {seed}");
            Assert.That(placement.AdditiveCertificate.LowerBound, Is.LessThanOrEqualTo(least), $"seed {seed}");
            optimal += placement.AdditiveCost == least ? 1 : 0;
        }

        TestContext.Out.WriteLine($"{devices} devices, {graphs} graphs: {optimal} optimal, {infeasible} impossible");
        Assert.That(optimal, Is.GreaterThanOrEqualTo((graphs - infeasible) * 9 / 10));
    }

    [TestCase(PlacementObjective.Makespan)]
    [TestCase(PlacementObjective.Throughput)]
    [TestCase(PlacementObjective.Energy)]
    public void Solve_OtherObjectives_FitToo(PlacementObjective objective)
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var problem = Problem(seed, 12, 2) with { Costs = new RandomProblems(seed).Next(12, 2).Costs };
            var limited = problem with { Devices = [.. problem.Devices.Select((device, index) => device with { CapacityBytes = index == 0 ? 40 : null })], Costs = Weights(problem.Costs, _ => 10, refuses: false) };
            var placement = PlacementSolver.Solve(limited, new() { Objective = objective });
            Assert.That(placement.Devices.Count(device => device == 0), Is.LessThanOrEqualTo(4), $"seed {seed}");
            Assert.That(PlacementValidator.Validate(limited, placement), Is.Empty, $"seed {seed}");
        }
    }

    [Test]
    public void Solve_TwentyItemsWithRoomForFive_KeepsTheFiveThatGainMost()
    {
        var problem = SmallProblems.Create([.. Enumerable.Range(0, 20).Select(item => new double[] { 100 + item, 1 })], []);
        problem = problem with
        {
            Devices = problem.Devices.SetItem(1, problem.Devices[1] with { CapacityBytes = 5000 }),
            Costs = Weights(problem.Costs, _ => 1000, refuses: true),
            Values = [],
        };
        var placement = PlacementSolver.Solve(problem, Additive);
        Assert.That(placement.Devices.Select((device, item) => (device, item)).Where(pair => pair.device == 1).Select(pair => pair.item), Is.EqualTo(new[] { 15, 16, 17, 18, 19 }));
        Assert.That(placement.Certificate.Gap, Is.LessThan(0.06));
    }

    [Test]
    public void Solve_TooSmall_NamesDeviceCapacityAndNeed()
    {
        var problem = SmallProblems.Create([[SmallProblems.Refused, 1], [SmallProblems.Refused, 1]], SmallProblems.Chain(2));
        var limited = problem with { Devices = problem.Devices.SetItem(1, problem.Devices[1] with { CapacityBytes = 150 }), Costs = Weights(problem.Costs, _ => 100, refuses: true) };
        Assert.That(
            () => PlacementSolver.Solve(limited),
            Throws.TypeOf<InfeasiblePlacementException>().With.Message.Contains("'NPU' has 150 bytes, items that only it takes need 200").And.Message.Contains("Raise a capacity"));
        var alone = limited with { Devices = limited.Devices.SetItem(1, limited.Devices[1] with { CapacityBytes = 99 }) };
        Assert.That(() => PlacementSolver.Solve(alone), Throws.TypeOf<InfeasiblePlacementException>().With.Message.Contains("it keeps 100 bytes, the device has 99"));
    }

    [Test]
    public void ParetoFront_PointThatDoesNotFit_IsRefusedAndNotGiven()
    {
        var problem = SmallProblems.Create([[9, 1], [9, 1]], SmallProblems.Chain(2));
        var limited = problem with { Devices = problem.Devices.SetItem(1, problem.Devices[1] with { CapacityBytes = 150 }), Costs = Weights(problem.Costs, _ => 100, refuses: true) };
        Assert.That(() => PlacementSolver.ParetoFront(limited), Throws.TypeOf<PlacementException>().With.Message.Contains("'NPU' has 150 bytes"));
        var roomy = limited with { Devices = limited.Devices.SetItem(1, limited.Devices[1] with { CapacityBytes = 200 }) };
        Assert.That(PlacementSolver.ParetoFront(roomy), Is.Not.Empty);
    }

    [Test]
    public void Solve_SumsPast64Bits_DoNotOverflow()
    {
        var problem = SmallProblems.Create([[1, 0], [1, 0], [1, 0]], []);
        var limited = problem with { Devices = problem.Devices.SetItem(1, problem.Devices[1] with { CapacityBytes = long.MaxValue }), Costs = Weights(problem.Costs, _ => long.MaxValue, refuses: true) };
        Assert.That(PlacementSolver.Solve(limited).Devices.Count(device => device == 1), Is.LessThanOrEqualTo(1));
    }

    private static PlacementProblem Problem(int seed, int items, int devices)
    {
        var (random, problem) = (new Random(seed), new RandomProblems(seed).Next(items, devices));
        return problem with
        {
            Devices = [.. problem.Devices.Select((device, index) => device with { CapacityBytes = index == problem.HostDevice ? null : random.Next(10, 80) })],
            Costs = Weights(problem.Costs, _ => random.Next(3) == 0 ? 0 : random.Next(1, 30), refuses: true),
        };
    }

    private static CostTable Weights(CostTable costs, Func<int, long> bytes, bool refuses)
    {
        var weights = Enumerable.Range(0, costs.ItemCount).Select(bytes).ToArray();
        return new CostTable(costs.ItemCount, costs.DeviceCount, (item, device) => costs[item, device].IsRefused
            ? refuses ? costs[item, device] : DeviceCost.Of(40, 1, weights[item])
            : DeviceCost.Of(costs[item, device].Value, 1, weights[item]));
    }

    private static double Least(PlacementProblem problem)
    {
        var (brute, least) = (new BruteForce(problem), double.PositiveInfinity);
        foreach (var devices in brute.Placements())
        {
            var fits = problem.Devices.Select((device, index) => devices.Select((on, item) => on == index ? problem.Costs[item, on].ResidentBytes : 0).Sum() <= (device.CapacityBytes ?? long.MaxValue)).All(fit => fit);
            least = fits ? Math.Min(least, brute.AdditiveCost(devices)) : least;
        }

        return least;
    }
}
