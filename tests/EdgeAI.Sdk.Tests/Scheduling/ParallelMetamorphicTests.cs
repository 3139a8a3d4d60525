using EdgeAI.Scheduling;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeAI.Sdk.Tests.Scheduling;

/// <summary>What must not change, or only in one direction, for makespan, throughput and energy.</summary>
[TestFixture]
internal sealed class ParallelMetamorphicTests
{
    private static readonly PlacementObjective[] Objectives = [PlacementObjective.Makespan, PlacementObjective.Throughput, PlacementObjective.Energy];

    [Test]
    public void Solve_AllCostsScaledByAPowerOfTwo_ScalesValueAndBound([ValueSource(nameof(Objectives))] PlacementObjective objective)
    {
        for (var seed = 0; seed < 25; seed++)
        {
            var (before, after) = (Solve(Problem(seed), objective), Solve(Scale(Problem(seed), 4), objective));
            Assert.That(after.Value, Is.EqualTo(4 * before.Value).Within(1e-9).Percent, $"seed {seed}");
            Assert.That(after.LowerBound, Is.EqualTo(4 * before.LowerBound).Within(1e-6).Percent, $"seed {seed}");
        }
    }

    /// <summary>An upper bound for the harder problem must not pass below the bound of the easier one.</summary>
    [Test]
    public void Solve_OneMoreRefusal_NeverGoesBelowTheBoundBefore([ValueSource(nameof(Objectives))] PlacementObjective objective)
    {
        for (var seed = 0; seed < 25; seed++)
        {
            var problem = Problem(seed);
            var item = Enumerable.Range(0, problem.Items.Length).First(item => Enumerable.Range(0, 3).Count(device => !problem.Costs[item, device].IsRefused) > 1);
            var refused = Enumerable.Range(0, 3).First(device => !problem.Costs[item, device].IsRefused);
            var harder = problem with { Costs = problem.Costs.With((item, refused, DeviceCost.Refused("later"))) };
            Assert.That(Solve(harder, objective).Value, Is.GreaterThanOrEqualTo(Solve(problem, objective).LowerBound * (1 - 1e-9)), $"seed {seed}");
        }
    }

    [Test]
    public void Solve_UselessDeviceAdded_KeepsBoundsBelowTheValue([ValueSource(nameof(Objectives))] PlacementObjective objective)
    {
        for (var seed = 0; seed < 15; seed++)
        {
            var problem = Problem(seed);
            var wider = problem with
            {
                Devices = problem.Devices.Add(new PlacementDevice("useless", 1e5, 1e5)),
                Costs = new CostTable(problem.Items.Length, 4, (item, device) => device < 3 ? problem.Costs[item, device] : DeviceCost.Of(1e6, 1e6)),
                Links = problem.Links.Add(new Link(problem.HostDevice, 3, 0, 0)).Add(new Link(3, problem.HostDevice, 0, 0)),
            };
            var (before, after) = (Solve(problem, objective), Solve(wider, objective));
            Assert.That(after.LowerBound, Is.LessThanOrEqualTo(before.Value), $"seed {seed}");
            Assert.That(before.LowerBound, Is.LessThanOrEqualTo(after.Value), $"seed {seed}");
        }
    }

    /// <summary>In a stream a frame takes at most as long as alone, and alone at most as long as one thing after another.</summary>
    [Test]
    public void Solve_AnyProblem_PeriodAtMostMakespanAtMostSum()
    {
        var property = Prop.ForAll(Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
        {
            var problem = Problem(seed);
            var (period, span, sum) = (Solve(problem, PlacementObjective.Throughput), Solve(problem, PlacementObjective.Makespan), PlacementSolver.Solve(problem));
            return period.LowerBound <= span.Value && span.Value <= sum.TotalCost * (1 + 1e-12) && period.Value <= PlacementSolver.Evaluate(problem, sum, PlacementObjective.AdditiveWithLaunches) * (1 + 1e-12);
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(20_261_128, 7), property);
    }

    private static Certificate Solve(PlacementProblem problem, PlacementObjective objective)
    {
        var placement = PlacementSolver.Solve(problem, new() { Objective = objective });
        Assert.That(PlacementValidator.Validate(problem, placement), Is.Empty);
        return placement.Certificate;
    }

    private static PlacementProblem Problem(int seed)
    {
        var (random, problem) = (new Random(seed), new RandomProblems(seed).Next(4 + (int)((uint)seed % 9), 3));
        return problem with
        {
            Costs = new CostTable(problem.Items.Length, 3, (item, device) => problem.Costs[item, device] is var cost && cost.IsRefused ? cost : DeviceCost.Of(cost.Value, random.Next(20))),
        };
    }

    private static PlacementProblem Scale(PlacementProblem problem, double factor) => problem with
    {
        Devices = [.. problem.Devices.Select(device => device with { LaunchCost = device.LaunchCost * factor, LaunchEnergy = device.LaunchEnergy * factor })],
        Costs = new CostTable(problem.Items.Length, problem.Devices.Length, (item, device) => problem.Costs[item, device] is var cost && cost.IsRefused ? cost : DeviceCost.Of(cost.Value * factor, cost.Energy * factor)),
        Links = [.. problem.Links.Select(link => link with { FixedCost = link.FixedCost * factor, CostPerByte = link.CostPerByte * factor })],
    };
}
