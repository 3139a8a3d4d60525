using EdgeAI.Scheduling;

namespace EdgeAI.Sdk.Tests.Scheduling;

/// <summary>
/// Hunts for problems on which a baseline beats the solver: from a random problem on, the costs that help the baseline most against
/// the solver are kept, step by step. None must be found.
/// </summary>
[TestFixture]
internal sealed class AdversarialSearchTests
{
    private static readonly PlacementObjective[] Objectives = [PlacementObjective.AdditiveWithLaunches, PlacementObjective.Makespan, PlacementObjective.Throughput, PlacementObjective.Energy];

    [Test]
    public void Hunt_ForLosses_FindsNone([ValueSource(nameof(Objectives))] PlacementObjective objective) => Hunt(objective, 0, 12, 20);

    [Test]
    [Explicit("minutes")]
    public void HuntLong_ForLosses_FindsNone([ValueSource(nameof(Objectives))] PlacementObjective objective, [Values(1000, 1010, 1020, 1030)] int firstSeed) =>
        Hunt(objective, firstSeed, 10, 100);

    private static void Hunt(PlacementObjective objective, int firstSeed, int climbs, int steps)
    {
        var margins = new double[climbs];
        Parallel.For(0, climbs, climb => margins[climb] = Climb(objective, firstSeed + climb, steps));
        TestContext.Out.WriteLine($"{objective}: {climbs * steps} problems from {climbs} climbs (seeds {firstSeed} to {firstSeed + climbs - 1}), none lost; the closest baseline was {margins.Min():P2} worse");
    }

    /// <summary>The least margin of a climb.</summary>
    private static double Climb(PlacementObjective objective, int seed, int steps)
    {
        var (random, problem) = (new Random(seed), new RandomProblems(seed).Next(4 + (seed % 9), 2 + (seed % 3)));
        problem = objective == PlacementObjective.Energy ? RandomProblems.WithEnergies(problem, seed) : problem;
        var margin = Margin(problem, objective, seed);
        for (var step = 0; step < steps; step++)
        {
            var other = Mutate(problem, random);
            other = objective == PlacementObjective.Energy ? MutateEnergy(other, random) : other;
            var reached = Margin(other, objective, seed);
            (problem, margin) = reached <= margin ? (other, reached) : (problem, margin);
        }

        return margin;
    }

    /// <summary>How much worse the best baseline is, relative; a negative one is a loss and fails.</summary>
    private static double Margin(PlacementProblem problem, PlacementObjective objective, int seed)
    {
        var placement = PlacementSolver.Solve(problem, new() { Objective = objective });
        var (name, value) = Baselines.All(problem, objective).MinBy(baseline => baseline.Value);
        Assert.That(placement.Certificate.Value, Is.LessThanOrEqualTo(value * (1 + 1e-12)), $"{objective}: {name} wins from seed {seed}");
        return value == 0 ? 0 : (value - placement.Certificate.Value) / value;
    }

    private static PlacementProblem Mutate(PlacementProblem problem, Random random)
    {
        var (item, device) = (random.Next(problem.Items.Length), random.Next(problem.Devices.Length));
        switch (random.Next(4))
        {
            case 0 when !problem.Costs[item, device].IsRefused:
                return problem with { Costs = problem.Costs.With((item, device, DeviceCost.Of(random.Next(40), problem.Costs[item, device].Energy))) };
            case 1:
                return problem with { Devices = problem.Devices.SetItem(device, problem.Devices[device] with { LaunchCost = random.Next(12) }) };
            case 2 when !problem.Links.IsEmpty:
                var link = random.Next(problem.Links.Length);
                return problem with { Links = problem.Links.SetItem(link, problem.Links[link] with { FixedCost = random.Next(10) }) };
            default:
                var value = random.Next(problem.Values.Length);
                return problem.Values.IsEmpty ? problem : problem with { Values = problem.Values.SetItem(value, problem.Values[value] with { Bytes = random.Next(6), IsOutput = random.Next(3) == 0 }) };
        }
    }

    private static PlacementProblem MutateEnergy(PlacementProblem problem, Random random)
    {
        var (item, device) = (random.Next(problem.Items.Length), random.Next(problem.Devices.Length));
        switch (random.Next(3))
        {
            case 0 when !problem.Costs[item, device].IsRefused:
                return problem with { Costs = problem.Costs.With((item, device, DeviceCost.Of(problem.Costs[item, device].Value, random.Next(40)))) };
            case 1 when !problem.Links.IsEmpty:
                var link = random.Next(problem.Links.Length);
                return problem with { Links = problem.Links.SetItem(link, problem.Links[link] with { FixedEnergy = random.Next(10) }) };
            default:
                return problem with { Devices = problem.Devices.SetItem(device, problem.Devices[device] with { LaunchEnergy = random.Next(12) }) };
        }
    }
}
