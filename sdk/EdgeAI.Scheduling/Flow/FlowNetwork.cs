namespace EdgeAI.Scheduling.Flow;

/// <summary>Maximum flow between two nodes by blocking flows on level graphs (Dinic 1970), without recursion.</summary>
internal sealed class FlowNetwork(int nodeCount)
{
    private readonly List<int> heads = [];
    private readonly List<int> nexts = [];
    private readonly List<double> capacities = [];
    private readonly int[] firsts = Filled(nodeCount);
    private readonly int[] levels = new int[nodeCount];
    private readonly int[] currents = new int[nodeCount];
    private readonly int[] queue = new int[nodeCount];
    private readonly List<int> path = [];

    /// <summary>An edge, with a capacity for each direction.</summary>
    public void AddEdge(int from, int to, double forward, double backward = 0)
    {
        AddArc(from, to, forward);
        AddArc(to, from, backward);
    }

    /// <summary>Saturates the network; then <see cref="IsOnSourceSide"/> tells a minimum cut.</summary>
    public void Run(int source, int sink, CancellationToken cancellation)
    {
        while (FindLevels(source, sink))
        {
            cancellation.ThrowIfCancellationRequested();
            firsts.CopyTo(currents, 0);
            while (Advance(source, sink))
            {
                Augment();
            }
        }
    }

    public bool IsOnSourceSide(int node) => levels[node] >= 0;

    private static int[] Filled(int count)
    {
        var array = new int[count];
        Array.Fill(array, -1);
        return array;
    }

    private void AddArc(int from, int to, double capacity)
    {
        heads.Add(to);
        capacities.Add(capacity);
        nexts.Add(firsts[from]);
        firsts[from] = heads.Count - 1;
    }

    private bool FindLevels(int source, int sink)
    {
        Array.Fill(levels, -1);
        (levels[source], queue[0]) = (0, source);
        for (var (read, write) = (0, 1); read < write; read++)
        {
            for (var arc = firsts[queue[read]]; arc >= 0; arc = nexts[arc])
            {
                if (capacities[arc] > 0 && levels[heads[arc]] < 0)
                {
                    levels[heads[arc]] = levels[queue[read]] + 1;
                    queue[write++] = heads[arc];
                }
            }
        }

        return levels[sink] >= 0;
    }

    /// <summary>Finds the next path to the sink in the level graph, backing out of dead ends.</summary>
    private bool Advance(int source, int sink)
    {
        path.Clear();
        for (var node = source; node != sink;)
        {
            var arc = currents[node];
            while (arc >= 0 && !(capacities[arc] > 0 && levels[heads[arc]] == levels[node] + 1))
            {
                arc = nexts[arc];
            }

            currents[node] = arc;
            if (arc >= 0)
            {
                path.Add(arc);
                node = heads[arc];
            }
            else if (path.Count == 0)
            {
                return false;
            }
            else
            {
                node = heads[path[^1] ^ 1];
                currents[node] = nexts[path[^1]];
                path.RemoveAt(path.Count - 1);
            }
        }

        return true;
    }

    private void Augment()
    {
        var amount = double.PositiveInfinity;
        foreach (var arc in path)
        {
            amount = Math.Min(amount, capacities[arc]);
        }

        foreach (var arc in path)
        {
            capacities[arc] -= amount;
            capacities[arc ^ 1] += amount;
        }
    }
}
