using EdgeAI.Scheduling;

namespace EdgeAI.Sdk.Tests.Scheduling;

[TestFixture]
internal sealed class MetamorphicPlacementTests
{
    private static readonly PlacementOptions Additive = new() { Objective = PlacementObjective.Additive };

    [Test]
    public void Solve_AllCostsScaledByAPowerOfTwo_ScalesTheValueAndKeepsThePlacement([Range(0, 39)] int seed)
    {
        var problem = Problem(seed);
        var (before, after) = (PlacementSolver.Solve(problem), PlacementSolver.Solve(Scale(problem, 0.25)));
        Assert.That(after.TotalCost, Is.EqualTo(before.TotalCost / 4));
        Assert.That(after.Devices, Is.EqualTo(before.Devices));
    }

    [Test]
    public void Solve_UselessDeviceAdded_CostsTheSame([Range(0, 39)] int seed)
    {
        var problem = Problem(seed);
        var added = problem.Devices.Length;
        var wider = problem with
        {
            Devices = problem.Devices.Add(new PlacementDevice("useless", 0)),
            Costs = new CostTable(problem.Items.Length, added + 1, (item, device) => device < added ? problem.Costs[item, device] : DeviceCost.Of(1e6)),
            Links = problem.Links.Add(new Link(problem.HostDevice, added, 0, 0)).Add(new Link(added, problem.HostDevice, 0, 0)),
        };
        Assert.That(PlacementSolver.Solve(wider, Additive).AdditiveCost, Is.EqualTo(PlacementSolver.Solve(problem, Additive).AdditiveCost));
    }

    [Test]
    public void Solve_ItemSplitByAFreeEdge_CostsTheSame([Range(0, 39)] int seed)
    {
        var problem = Problem(seed);
        var last = problem.Items.Length;
        var split = problem with
        {
            Items = problem.Items.Add(new PlacementItem("tail")),
            Costs = new CostTable(last + 1, problem.Devices.Length, (item, device) => item < last ? problem.Costs[item, device] : DeviceCost.Of(0)),
            Values = problem.Values.Add(new PlacementValue("edge", 0, last - 1, [last])),
        };
        Assert.That(PlacementSolver.Solve(split, Additive).AdditiveCost, Is.EqualTo(PlacementSolver.Solve(problem, Additive).AdditiveCost));
    }

    [Test]
    public void Solve_ADeviceMadeTwiceAsSlow_NeverGetsMoreOfItsOwnWork([Range(0, 39)] int seed)
    {
        var problem = new RandomProblems(seed).Next(12, 2);
        var slower = problem with { Costs = Slow(problem.Costs, 1) };
        var (before, after) = (PlacementSolver.Solve(problem, Additive), PlacementSolver.Solve(slower, Additive));
        Assert.That(WorkOn(problem, after, 1), Is.LessThanOrEqualTo(WorkOn(problem, before, 1)));
        Assert.That(after.AdditiveCost, Is.GreaterThanOrEqualTo(before.AdditiveCost));
    }

    [Test]
    public void Solve_ADeviceMadeMuchSlower_LosesItsItems()
    {
        var problem = SmallProblems.Create([[4, 1], [4, 1], [4, 1]], SmallProblems.Chain(3));
        Assert.That(PlacementSolver.Solve(problem).Devices, Is.EqualTo(new[] { 1, 1, 1 }));
        var slower = problem with { Costs = Slow(Slow(problem.Costs, 1), 1) };
        Assert.That(PlacementSolver.Solve(slower).Devices, Is.EqualTo(new[] { 0, 0, 0 }));
    }

    [Test]
    public void Solve_OneMoreRefusal_NeverCostsLess([Range(0, 39)] int seed)
    {
        var problem = Problem(seed);
        var before = PlacementSolver.Solve(problem, Additive);
        var item = Enumerable.Range(0, problem.Items.Length).FirstOrDefault(item => Takers(problem, item) > 1, -1);
        Assume.That(item, Is.GreaterThanOrEqualTo(0));
        var refused = problem with { Costs = problem.Costs.With((item, before.Devices[item], DeviceCost.Refused("did not compile"))) };
        var after = PlacementSolver.Solve(refused, Additive);
        Assert.That(after.Devices[item], Is.Not.EqualTo(before.Devices[item]));
        Assert.That(after.AdditiveCost, Is.GreaterThanOrEqualTo(before.AdditiveCost));
    }

    private static PlacementProblem Problem(int seed) => new RandomProblems(seed).Next(3 + (seed % 15), 2 + (seed % 3));

    private static int Takers(PlacementProblem problem, int item) =>
        Enumerable.Range(0, problem.Devices.Length).Count(device => !problem.Costs[item, device].IsRefused);

    private static double WorkOn(PlacementProblem problem, Placement placement, int device) =>
        placement.Devices.Select((placed, item) => placed == device ? problem.Costs[item, device].Value : 0).Sum();

    private static CostTable Slow(CostTable costs, int slowed) => Map(costs, (device, cost) => device == slowed ? 2 * cost : cost);

    private static CostTable Map(CostTable costs, Func<int, double, double> change) => new(costs.ItemCount, costs.DeviceCount, (item, device) =>
        costs[item, device].IsRefused ? costs[item, device] : DeviceCost.Of(change(device, costs[item, device].Value)));

    private static PlacementProblem Scale(PlacementProblem problem, double factor) => problem with
    {
        Devices = [.. problem.Devices.Select(device => device with { LaunchCost = device.LaunchCost * factor })],
        Costs = Map(problem.Costs, (_, cost) => cost * factor),
        Links = [.. problem.Links.Select(link => link with { FixedCost = link.FixedCost * factor, CostPerByte = link.CostPerByte * factor })],
    };
}
