using EdgeAI.Scheduling;

namespace EdgeAI.Sdk.Tests.Scheduling;

[TestFixture]
internal sealed class EnergyPlacementTests
{
    private static readonly PlacementOptions Energy = new() { Objective = PlacementObjective.Energy };

    [TestCase(2, 7, 0, 150)]
    [TestCase(3, 5, 0, 100)]
    [TestCase(2, 9, 50_000, 500, Explicit = true, Reason = "minutes")]
    [TestCase(3, 6, 50_000, 400, Explicit = true, Reason = "minutes")]
    public void Solve_RandomGraphs_BoundAndValueEncloseTheOptimum(int devices, int most, int firstSeed, int graphs)
    {
        var optimal = 0;
        for (var seed = firstSeed; seed < firstSeed + graphs; seed++)
        {
            var problem = Problem(seed, most, devices);
            var placement = PlacementSolver.Solve(problem, Energy);
            var least = new BruteForce(RandomProblems.JoulesForSeconds(problem)).LeastTotal();
            Assert.That(PlacementValidator.Validate(problem, placement), Is.Empty, $"seed {seed}");
            Assert.That(placement.Energy, Is.GreaterThanOrEqualTo(least).And.EqualTo(placement.Certificate.Value), $"seed {seed}");
            Assert.That(placement.Certificate.LowerBound, Is.LessThanOrEqualTo(least), $"seed {seed}");
            optimal += placement.Energy == least ? 1 : 0;
        }

        TestContext.Out.WriteLine($"{devices} devices, {graphs} graphs from seed {firstSeed}: {optimal} optimal");
        Assert.That(optimal, Is.GreaterThanOrEqualTo(graphs * 9 / 10));
    }

    [Test]
    public void Solve_LatencyUnderAnEnergyBudget_KeepsToItAndEnclosesTheOptimum()
    {
        var (optimal, graphs) = (0, 120);
        for (var seed = 0; seed < graphs; seed++)
        {
            var problem = Problem(seed, 6, 2);
            var (least, most) = (PlacementSolver.Solve(problem, Energy).Energy, PlacementSolver.Solve(problem).Energy);
            var budget = Math.Floor((least + most) / 2) + 1;
            var placement = PlacementSolver.Solve(problem, new() { EnergyBudget = budget });
            var optimum = LeastTime(problem, budget);
            Assert.That(PlacementValidator.Validate(problem, placement), Is.Empty, $"seed {seed}");
            Assert.That(placement.Energy, Is.LessThanOrEqualTo(budget), $"seed {seed}");
            Assert.That(placement.TotalCost, Is.GreaterThanOrEqualTo(optimum), $"seed {seed}");
            Assert.That(placement.Certificate.LowerBound, Is.LessThanOrEqualTo(optimum), $"seed {seed}");
            optimal += placement.TotalCost == optimum ? 1 : 0;
        }

        TestContext.Out.WriteLine($"{optimal} of {graphs} optimal");
        Assert.That(optimal, Is.GreaterThanOrEqualTo(graphs * 8 / 10));
    }

    [Test]
    public void ParetoFront_RandomGraphs_TradesTimeForEnergy()
    {
        var corners = 0;
        for (var seed = 0; seed < 40; seed++)
        {
            var problem = Problem(seed, 14, 3);
            var front = PlacementSolver.ParetoFront(problem);
            corners += front.Length;
            Assert.That(front.Zip(front.Skip(1)).All(pair => pair.First.TotalCost < pair.Second.TotalCost && pair.First.Energy > pair.Second.Energy), Is.True, $"seed {seed}");
            Assert.That(front[0].TotalCost, Is.LessThanOrEqualTo(PlacementSolver.Solve(problem).TotalCost), $"seed {seed}");
        }

        Assert.That(corners, Is.GreaterThan(60), "mostly there is something to trade");
    }

    [Test]
    public void Solve_BudgetThatNothingKeeps_TellsTheLeast()
    {
        var problem = Problem(3, 6, 2);
        var least = PlacementSolver.Solve(problem, Energy).Energy;
        Assert.That(least, Is.GreaterThan(1));
        Assert.That(
            () => PlacementSolver.Solve(problem, new() { EnergyBudget = least - 1 }),
            Throws.TypeOf<InfeasiblePlacementException>().With.Message.Contains($"the least that was found is {least} J").And.Message.Contains("Raise the budget"));
    }

    [TestCase(double.NaN)]
    [TestCase(-1)]
    public void Solve_IllegalEnergy_NamesItemAndDevice(double energy)
    {
        var problem = Problem(0, 6, 2);
        var item = Enumerable.Range(0, problem.Items.Length).First(item => !problem.Costs[item, 0].IsRefused);
        var illegal = problem with { Costs = problem.Costs.With((item, 0, DeviceCost.Of(1, energy))) };
        Assert.That(() => PlacementSolver.Solve(illegal, Energy), Throws.TypeOf<PlacementException>().With.Message.Contains($"Item 'op{item}' takes {energy} J"));
    }

    [Test]
    public void Solve_BudgetForAnotherObjective_IsRefused() => Assert.That(
        () => PlacementSolver.Solve(Problem(0, 6, 2), new() { Objective = PlacementObjective.Makespan, EnergyBudget = 1 }),
        Throws.TypeOf<PlacementException>().With.Message.Contains("EnergyBudget for the objective Makespan"));

    private static PlacementProblem Problem(int seed, int most, int devices) =>
        RandomProblems.WithEnergies(new RandomProblems(seed).Next(2 + (seed % (most - 1)), devices), seed);

    /// <summary>Over all placements and the launches of all their orders.</summary>
    private static double LeastTime(PlacementProblem problem, double budget)
    {
        var (time, energy, swapped, least) = (new BruteForce(problem), new BruteForce(RandomProblems.JoulesForSeconds(problem)), RandomProblems.JoulesForSeconds(problem), double.PositiveInfinity);
        foreach (var devices in time.Placements())
        {
            foreach (var launches in new BruteForceThroughput(problem, 1).LaunchCounts([.. devices]))
            {
                var joules = energy.AdditiveCost(devices) + launches.Select((count, device) => count * swapped.Devices[device].LaunchCost).Sum();
                var seconds = time.AdditiveCost(devices) + launches.Select((count, device) => count * problem.Devices[device].LaunchCost).Sum();
                least = joules <= budget ? Math.Min(least, seconds) : least;
            }
        }

        return least;
    }
}
