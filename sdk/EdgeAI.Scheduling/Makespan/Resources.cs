using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Makespan;

/// <summary>Devices, then links, as things that carry load.</summary>
internal sealed class Resources(PlacementProblem source)
{
    private int DeviceCount => source.Devices.Length;

    private int Count => DeviceCount + source.Links.Length;

    /// <summary>Weights that start with the devices, as links are seldom what is loaded most.</summary>
    public double[] Even()
    {
        var weights = new double[Count];
        for (var resource = 0; resource < weights.Length; resource++)
        {
            weights[resource] = resource < DeviceCount ? 0.95 / DeviceCount : 0.05 / source.Links.Length;
        }

        weights.AsSpan(0, DeviceCount).Fill(source.Links.IsEmpty ? 1.0 / DeviceCount : 0.95 / DeviceCount);
        return weights;
    }

    /// <summary>The problem in which each cost is multiplied by the weight of what bears it.</summary>
    public PlacementProblem Weigh(double[] weights) => source with
    {
        Devices = [.. source.Devices.Select((device, index) => device with { LaunchCost = device.LaunchCost * weights[index] })],
        Costs = new CostTable(source.Items.Length, DeviceCount, (item, device) => source.Costs[item, device] is var cost && cost.IsRefused ? cost : cost.With(cost.Value * weights[device])),
        Links = [.. source.Links.Select((link, index) => link with { FixedCost = link.FixedCost * weights[DeviceCount + index], CostPerByte = link.CostPerByte * weights[DeviceCount + index] })],
    };

    /// <summary>What items and copies load each of them with.</summary>
    public double[] LoadsOf(DenseProblem problem, byte[] devices)
    {
        var loads = new double[Count];
        for (var item = 0; item < devices.Length; item++)
        {
            loads[devices[item]] += problem.ItemCost(item, devices[item]);
        }

        var slots = new int[DeviceCount, DeviceCount];
        for (var link = 0; link < source.Links.Length; link++)
        {
            slots[source.Links[link].From, source.Links[link].To] = DeviceCount + link;
        }

        for (var value = 0; value < problem.ValueCount; value++)
        {
            var from = problem.SourceOf(value, devices);
            var set = problem.Copies.Close(from, problem.NeedsOf(value, devices));
            for (var device = 0; set >> device != 0; device++)
            {
                if ((set >> device & 1) != 0)
                {
                    var hop = problem.Copies.LastHop(from, device);
                    loads[slots[hop.From, device]] += hop.CopyCost(source.Values[value].Bytes);
                }
            }
        }

        return loads;
    }

    /// <summary>Moves weight to what is loaded most, by factors; nothing loses it all.</summary>
    public static void Shift(double[] weights, double[] loads, double step)
    {
        var (most, sum) = (loads.Max(), 0.0);
        for (var resource = 0; resource < weights.Length; resource++)
        {
            weights[resource] = most == 0 ? weights[resource] : Math.Max(1e-9, weights[resource]) * Math.Exp(step * ((loads[resource] / most) - 1));
            sum += weights[resource];
        }

        for (var resource = 0; resource < weights.Length; resource++)
        {
            weights[resource] /= sum;
        }
    }
}
