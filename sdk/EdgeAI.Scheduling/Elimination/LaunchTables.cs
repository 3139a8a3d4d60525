using System.Numerics;
using EdgeAI.Scheduling.Segments;

namespace EdgeAI.Scheduling.Elimination;

/// <summary>Adds launches between two items to a cost network: where the second is on another device than the first, its device is launched.</summary>
/// <param name="network">The network.</param>
/// <param name="variableOf">The variable of each item; -1 where only one device is allowed.</param>
/// <param name="allowed">The devices that each item may take.</param>
internal sealed class LaunchTables(CostNetwork network, int[] variableOf, byte[] allowed)
{
    /// <summary>Launches of each item of a path after the one before it.</summary>
    public void AddAlong(ReadOnlySpan<int> path, ReadOnlySpan<double> launches)
    {
        for (var place = 0; place < path.Length; place++)
        {
            if (path[place] != LaunchPath.Break && (place == 0 || path[place - 1] != LaunchPath.Break))
            {
                Add(place == 0 ? -1 : path[place - 1], path[place], launches, AddTable(place == 0 ? -1 : path[place - 1], path[place]));
            }
        }
    }

    /// <summary>Adds a factor of zeros for two undecided items; -1 when they are not.</summary>
    public int AddTable(int before, int item)
    {
        if (before < 0 || variableOf[before] < 0 || variableOf[item] < 0)
        {
            return -1;
        }

        network.AddFactor(variableOf[before], variableOf[item]);
        return network.FactorCount - 1;
    }

    /// <summary>A launch of the item's device unless the item before it (-1: none) is on the same; a factor of <see cref="AddTable"/> is overwritten.</summary>
    public void Add(int before, int item, ReadOnlySpan<double> launches, int factor)
    {
        if (factor >= 0)
        {
            Write(network.Table(factor), network.Labels(variableOf[before]), network.Labels(variableOf[item]), launches);
        }
        else if (variableOf[item] >= 0)
        {
            AddLaunch(variableOf[item], before < 0 ? -1 : OnlyDevice(before), launches);
        }
        else
        {
            AddLaunchOf(OnlyDevice(item), before, launches);
        }
    }

    private int OnlyDevice(int item) => BitOperations.TrailingZeroCount(allowed[item]);

    private static void Write(Span<double> table, ReadOnlySpan<byte> befores, ReadOnlySpan<byte> devices, ReadOnlySpan<double> launches)
    {
        var index = 0;
        foreach (var before in befores)
        {
            foreach (var device in devices)
            {
                table[index++] = before == device ? 0 : launches[device];
            }
        }
    }

    private void AddLaunch(int variable, int before, ReadOnlySpan<double> launches)
    {
        var unary = network.Unary(variable);
        var devices = network.Labels(variable);
        for (var label = 0; label < unary.Length; label++)
        {
            unary[label] += devices[label] == before ? 0 : launches[devices[label]];
        }
    }

    private void AddLaunchOf(int device, int before, ReadOnlySpan<double> launches)
    {
        if (before < 0 || variableOf[before] < 0)
        {
            network.Constant += before >= 0 && OnlyDevice(before) == device ? 0 : launches[device];
            return;
        }

        var unary = network.Unary(variableOf[before]);
        var devices = network.Labels(variableOf[before]);
        for (var label = 0; label < unary.Length; label++)
        {
            unary[label] += devices[label] == device ? 0 : launches[device];
        }
    }
}
