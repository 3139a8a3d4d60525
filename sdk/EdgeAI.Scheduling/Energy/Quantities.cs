namespace EdgeAI.Scheduling.Energy;

/// <summary>Mixes time and energy into one cost.</summary>
internal static class Quantities
{
    public static PlacementProblem Weigh(PlacementProblem problem, double time, double energy) => problem with
    {
        Unit = time == 0 ? PlacementUnit.Joules : problem.Unit,
        Devices = [.. problem.Devices.Select(device => device with { LaunchCost = (time * device.LaunchCost) + (energy * device.LaunchEnergy) })],
        Costs = new CostTable(problem.Items.Length, problem.Devices.Length, (item, device) =>
            problem.Costs[item, device] is var cost && cost.IsRefused ? cost : cost.With((time * cost.Value) + (energy * cost.Energy))),
        Links =
        [
            .. problem.Links.Select(link => link with
            {
                FixedCost = (time * link.FixedCost) + (energy * link.FixedEnergy),
                CostPerByte = (time * link.CostPerByte) + (energy * link.EnergyPerByte),
            }),
        ],
    };
}
