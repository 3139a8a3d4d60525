using EdgeAI.Scheduling;

namespace EdgeAI.Sdk.Tests.Scheduling;

[TestFixture]
internal sealed class PlacementFailureTests
{
    private static PlacementProblem Legal => SmallProblems.Create([[1, 2], [3, 4]], SmallProblems.Chain(2));

    [Test]
    public void Solve_ItemThatAllDevicesRefuse_NamesItemAndReasons()
    {
        var problem = SmallProblems.Create([[1, 1], [SmallProblems.Refused, SmallProblems.Refused]], SmallProblems.Chain(2));
        var error = Assert.Throws<InfeasiblePlacementException>(() => PlacementSolver.Solve(problem));
        Assert.That(error!.Message, Is.EqualTo("No device takes 'op1' (CPU: no op1 here, NPU: no op1 here)."));
        Assert.That(error.Items, Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public void Solve_ManyRefusedItems_NamesSomeAndCountsTheRest()
    {
        var problem = SmallProblems.Create([.. Enumerable.Repeat(new[] { SmallProblems.Refused }, 8)], []);
        Assert.That(() => PlacementSolver.Solve(problem), Throws.TypeOf<InfeasiblePlacementException>().With.Message.Contains("'op4'").And.Message.EndsWith("(and 3 more items)."));
    }

    [TestCase(double.NaN)]
    [TestCase(-1)]
    [TestCase(double.PositiveInfinity)]
    public void Solve_IllegalItemCost_NamesItemAndDevice(double cost)
    {
        var problem = Legal with { Costs = Legal.Costs.With((1, 1, DeviceCost.Of(cost))) };
        Refuses(problem, "Item 'op1' costs", "on device 'NPU'");
    }

    [Test]
    public void Solve_CostsWhoseSumIsNotFinite_AreRefused()
    {
        Refuses(Legal with { Costs = Legal.Costs.With((0, 0, DeviceCost.Of(1e308)), (1, 0, DeviceCost.Of(1e308))) }, "All costs together are", "expected at most 1E+100");
        Refuses(Legal with { Costs = Legal.Costs.With((0, 0, DeviceCost.Of(1, 1e308))) }, "all energies 1E+308 J");
        Refuses(Legal with { Links = [new Link(0, 1, 1, 1e308), Link.ZeroCopy(1, 0)], Values = [new PlacementValue("v", long.MaxValue, 0, [1])] }, "All costs together are");
    }

    [Test]
    public void Solve_ConsumerBeforeProducer_NamesValue() => Refuses(
        Legal with { Values = [new PlacementValue("back", 1, 1, [0])] },
        "Value 'back'", "topological order");

    [TestCase(2)]
    [TestCase(-2)]
    public void Solve_ProducerOutOfRange_NamesValue(int producer) => Refuses(
        Legal with { Values = [new PlacementValue("v", 1, producer, [])] },
        "Value 'v'", $"producer {producer}");

    [Test]
    public void Solve_NegativeBytes_NamesValue() => Refuses(
        Legal with { Values = [new PlacementValue("v", -1, 0, [1])] },
        "Value 'v' has -1 bytes");

    [Test]
    public void Solve_DeviceWithoutLinkToHost_NamesBoth() => Refuses(
        Legal with { Links = [new Link(0, 1, 1, 1)] },
        "'NPU' lacks a link", "'CPU'");

    [Test]
    public void Solve_NegativeBandwidth_NamesLink() => Refuses(
        Legal with { Links = [Link.OfBandwidth(0, 1, -5), Link.ZeroCopy(1, 0)] },
        "link from 'CPU' to 'NPU'");

    [Test]
    public void Solve_CostTableOfAnotherShape_TellsBothShapes() => Refuses(
        Legal with { Costs = new CostTable(3, 2, (_, _) => default) },
        "3 items × 2 devices, expected 2 × 2");

    [Test]
    public void Solve_NineDevices_TellsTheLimit() => Refuses(
        Legal with { Devices = [.. Enumerable.Repeat(new PlacementDevice("d"), 9)] },
        "9 devices, expected at most 8");

    [Test]
    public void Solve_HostOutOfRange_TellsTheRange() => Refuses(
        Legal with { HostDevice = 2 },
        "host device is 2, expected 0 to 1");

    [Test]
    public void Solve_DefaultArrays_AreRefused() => Refuses(
        Legal with { Values = default },
        "default arrays");

    [Test]
    public void Solve_SillyOptions_AreRefused() => Refuses(
        Legal, new PlacementOptions { MaxTableEntries = 1 },
        "MaxTableEntries is 1, expected at least 4096");

    [Test]
    public void Solve_Cancelled_Throws() => Assert.That(
        () => PlacementSolver.Solve(new NetworkShapes(500, 3).Build("nas"), null, new CancellationToken(canceled: true)),
        Throws.InstanceOf<OperationCanceledException>());

    private static void Refuses(PlacementProblem problem, params string[] parts) => Refuses(problem, null, parts);

    private static void Refuses(PlacementProblem problem, PlacementOptions? options, params string[] parts)
    {
        var error = Assert.Throws<PlacementException>(() => PlacementSolver.Solve(problem, options));
        foreach (var part in parts)
        {
            Assert.That(error!.Message, Does.Contain(part));
        }
    }
}
