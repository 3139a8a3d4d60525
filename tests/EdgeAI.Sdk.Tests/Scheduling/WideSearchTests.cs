using EdgeAI.Scheduling.Elimination;
using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Search;
using EdgeAI.Scheduling.Segments;
using EdgeAI.Scheduling;

namespace EdgeAI.Sdk.Tests.Scheduling;

[TestFixture]
internal sealed class WideSearchTests
{
    [Test]
    public void Solve_RandomGraphs_BoundAndValueEncloseTheOptimum()
    {
        var (optimal, graphs) = (0, 300);
        for (var seed = 0; seed < graphs; seed++)
        {
            var problem = new RandomProblems(seed).Next(2 + (seed % 12), 3);
            var dense = new DenseProblem(problem);
            var least = PlacementSolver.Solve(problem, new() { Objective = PlacementObjective.Additive }).AdditiveCost;
            var solution = new WideSearch(dense, PlacementOptions.Default, dense.Allowed, LaunchPath.None, CancellationToken.None).Solve();
            Assert.That(dense.AdditiveCost(solution.Devices), Is.EqualTo(solution.Value), $"seed {seed}");
            Assert.That(solution.Value, Is.GreaterThanOrEqualTo(least), $"seed {seed}");
            Assert.That(solution.Bound, Is.LessThanOrEqualTo(least + 1e-9), $"seed {seed}");
            optimal += solution.Value == least ? 1 : 0;
        }

        TestContext.Out.WriteLine($"{optimal} of {graphs} optimal (seeds 0 to {graphs - 1})");
        Assert.That(optimal, Is.GreaterThanOrEqualTo(graphs * 95 / 100));
    }

    [Test]
    public void TreeReweightedBound_OnAChain_ReachesTheOptimum()
    {
        var problem = new NetworkShapes(200, 3).Build("chain");
        var dense = new DenseProblem(problem);
        var pairs = NetworkBuilder.Build(dense, dense.Allowed, LaunchPath.None, directConsumers: 1);
        var messages = new TreeReweightedBound(pairs.Network, pairs.Times());
        messages.PassForward(new byte[pairs.Network.VariableCount]);
        var optimum = PlacementSolver.Solve(problem, new() { Objective = PlacementObjective.Additive }).AdditiveCost;
        Assert.That(messages.PassBackward(), Is.EqualTo(optimum).Within(1e-9).Percent);
    }

    [Test]
    public void Solve_DenseNetworkPastTheTableLimit_GivesAnHonestSmallGap()
    {
        var problem = new NetworkShapes(400, 3).Build("densenet");
        var placement = PlacementSolver.Solve(problem, new() { Objective = PlacementObjective.Additive, MaxTableEntries = 4096 });
        Assert.That(placement.Certificate.Solver, Does.StartWith("message passing"));
        Assert.That(placement.Certificate.Gap, Is.LessThan(0.01));
        Assert.That(PlacementValidator.Validate(problem, placement), Is.Empty);
    }

    [Test]
    public void Solve_DenseNetworkOnTwoDevices_IsExactByMinimumCut()
    {
        var placement = PlacementSolver.Solve(new NetworkShapes(400, 2).Build("densenet"), new() { Objective = PlacementObjective.Additive });
        Assert.That(placement.Certificate.Solver, Is.EqualTo("minimum cut"));
        Assert.That(placement.Certificate.IsOptimal, Is.True);
    }

    [Test]
    public void FindFixing_SmallLimit_KeepsEveryTableBelowIt()
    {
        var dense = new DenseProblem(new NetworkShapes(400, 3).Build("densenet"));
        var builder = NetworkBuilder.Build(dense, dense.Allowed, LaunchPath.None);
        var order = EliminationOrder.FindFixing(builder.Network, 256, new int[builder.Network.VariableCount], CancellationToken.None);
        Assert.That(order.LargestTable, Is.LessThanOrEqualTo(256));
        Assert.That(order.Fixed.Length + order.Steps, Is.EqualTo(builder.Network.VariableCount));
        Assert.That(order.Fixed.Length, Is.GreaterThan(0));
    }
}
