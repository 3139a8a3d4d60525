using EdgeAI.Scheduling;

namespace EdgeAI.Sdk.Tests.Scheduling;

/// <summary>Hand-written problems: device 0 is the host, links cost 1 per copy.</summary>
internal static class SmallProblems
{
    public const double Refused = double.NaN;

    /// <summary>Items' costs per device, and edges as (producer, consumers); a producer of -1 is an input. The last item's value is the output.</summary>
    public static PlacementProblem Create(double[][] costs, (int Producer, int[] Consumers)[] edges, double launch = 0)
    {
        var devices = costs[0].Length;
        return new PlacementProblem
        {
            Devices = [.. Enumerable.Range(0, devices).Select(device => new PlacementDevice(((string[])["CPU", "NPU", "DSP"])[device], launch))],
            Items = RandomProblems.Items(costs.Length),
            Costs = new CostTable(costs.Length, devices, (item, device) => double.IsNaN(costs[item][device])
                ? DeviceCost.Refused($"no op{item} here")
                : DeviceCost.Of(costs[item][device])),
            Values =
            [
                .. edges.Select(edge => new PlacementValue($"v{edge.Producer}", 1, edge.Producer, [.. edge.Consumers])),
                new PlacementValue("out", 1, costs.Length - 1, [], IsOutput: true),
            ],
            Links =
            [
                .. Enumerable.Range(1, devices - 1).SelectMany(device => (Link[])[new(0, device, 1, 0), new(device, 0, 1, 0)]),
            ],
        };
    }

    public static (int Producer, int[] Consumers)[] Chain(int items) => [.. Enumerable.Range(-1, items).Select(item => (item, (int[])[item + 1]))];
}
