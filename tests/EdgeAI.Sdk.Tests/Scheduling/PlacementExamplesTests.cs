using EdgeAI.Scheduling;

namespace EdgeAI.Sdk.Tests.Scheduling;

[TestFixture]
internal sealed class PlacementExamplesTests
{
    [Test]
    public void Solve_ChainWithAFastDevice_MovesThereAndBack()
    {
        var problem = SmallProblems.Create([[1, 9], [5, 1], [5, 1], [1, 9]], SmallProblems.Chain(4));
        var placement = PlacementSolver.Solve(problem);
        Assert.That(placement.Devices, Is.EqualTo(new[] { 0, 1, 1, 0 }));
        Assert.That(placement.TotalCost, Is.EqualTo(1 + 1 + 1 + 1 + 2));
        Assert.That(placement.Segments.Select(segment => (segment.Device, segment.Items.Length)), Is.EqualTo(new[] { (0, 1), (1, 2), (0, 1) }));
        Assert.That(placement.Transfers, Is.EqualTo(new[] { new Transfer(1, 0, 1, 1, 0, 1), new Transfer(3, 1, 0, 1, 1, 2) }));
    }

    [Test]
    public void Solve_RunThatDoesNotEarnItsLaunch_StaysOnTheHost()
    {
        double[][] costs = [[1, 9], [3, 0], [3, 0], [1, 9]];
        Assert.That(PlacementSolver.Solve(SmallProblems.Create(costs, SmallProblems.Chain(4))).Devices, Is.EqualTo(new[] { 0, 1, 1, 0 }));
        var placement = PlacementSolver.Solve(SmallProblems.Create(costs, SmallProblems.Chain(4), launch: 3));
        Assert.That(placement.Devices, Is.EqualTo(new[] { 0, 0, 0, 0 }));
        Assert.That(placement.Certificate.IsOptimal, Is.True);
        Assert.That(placement.AdditiveCertificate.IsOptimal, Is.False);
    }

    [Test]
    public void Solve_FiveConsumersOnOneDevice_CopiesOnce()
    {
        var problem = SmallProblems.Create(
            [[0, SmallProblems.Refused], [9, 0], [9, 0], [9, 0], [9, 0], [9, 0]],
            [(0, [1, 2, 3, 4, 5])]);
        var placement = PlacementSolver.Solve(problem);
        Assert.That(placement.Devices, Is.EqualTo(new[] { 0, 1, 1, 1, 1, 1 }));
        Assert.That(placement.TransferCost, Is.EqualTo(2));
    }

    [Test]
    public void Solve_InputReadOnTwoDevicesThroughTheHost_PaysEachOnce()
    {
        var none = SmallProblems.Refused;
        var problem = SmallProblems.Create([[none, 0, none], [none, none, 0], [0, none, none]], [(-1, [0, 1]), (0, [1, 2]), (1, [2])]);
        var placement = PlacementSolver.Solve(problem);
        Assert.That(placement.TransferCost, Is.EqualTo(5), "input to both, op0's result to the host and from there to the DSP, op1's result to the host");
        Assert.That(PlacementValidator.Validate(problem, placement), Is.Empty);
    }

    [Test]
    public void Solve_DiamondOnTwoDevices_GroupsBranchesIntoFewSegments()
    {
        var none = SmallProblems.Refused;
        var problem = SmallProblems.Create(
            [[0, none], [none, 0], [0, none], [none, 0], [0, none], [0, none]],
            [(0, [1, 2, 3, 4]), (1, [5]), (2, [5]), (3, [5]), (4, [5])],
            launch: 1);
        var placement = PlacementSolver.Solve(problem);
        Assert.That(placement.Segments.Length, Is.EqualTo(3));
        Assert.That(placement.Certificate.IsOptimal, Is.True);
    }

    [Test]
    public void Solve_DisconnectedGraphs_PlacesEachPartAsAlone()
    {
        var problem = SmallProblems.Create([[1, 0], [9, 1], [9, 1], [1, 5]], [(0, [1]), (1, [2])]);
        Assert.That(PlacementSolver.Solve(problem).Devices, Is.EqualTo(new[] { 1, 1, 1, 0 }));
    }

    [Test]
    public void Solve_NothingToPlace_IsEmptyAndOptimal()
    {
        var problem = SmallProblems.Create([[0.0]], []) with { Items = [], Costs = new CostTable(0, 1, (_, _) => default), Values = [] };
        var placement = PlacementSolver.Solve(problem);
        Assert.That(placement.Segments, Is.Empty);
        Assert.That(placement.Certificate.IsOptimal, Is.True);
    }

    [Test]
    public void Solve_SameProblemTwice_GivesTheSamePlacement()
    {
        foreach (var name in NetworkShapes.Names)
        {
            var problem = new NetworkShapes(150, 3).Build(name);
            var (first, second) = (PlacementSolver.Solve(problem), PlacementSolver.Solve(problem));
            Assert.That(second.Devices, Is.EqualTo(first.Devices), name);
            Assert.That(second.Segments.Select(segment => segment.Items), Is.EqualTo(first.Segments.Select(segment => segment.Items)), name);
            Assert.That(second.Transfers, Is.EqualTo(first.Transfers), name);
        }
    }

    [Test]
    public void Certificate_ToString_SaysOptimalOrTheGap()
    {
        var optimal = new Certificate(PlacementObjective.Additive, PlacementUnit.Seconds, 0.002, 0.002, "s", TimeSpan.FromMilliseconds(1.5));
        Assert.That(optimal.ToString(), Is.EqualTo("sum of operators and copies: 2 ms, optimal (s, 1.5 ms)"));
        var open = optimal with { Objective = PlacementObjective.AdditiveWithLaunches, Unit = PlacementUnit.Joules, LowerBound = 0.0019 };
        Assert.That(open.ToString(), Does.StartWith("sum of operators, copies and launches: 2 mJ, gap 5.00").And.Contain("above the bound 1.9 mJ"));
    }
}
