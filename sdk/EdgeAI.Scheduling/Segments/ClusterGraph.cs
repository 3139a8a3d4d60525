using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Segments;

/// <summary>
/// A placed graph contracted so that a segment order reads it quickly: an item joins the cluster of its predecessors when
/// all of them are in one cluster on its own device, because then it always runs in the same segment. Items without
/// predecessors form one cluster per device (the first ones). Clusters are numbered in a topological order.
/// </summary>
internal sealed class ClusterGraph
{
    private readonly int[] clusterOf;
    private readonly List<byte> devices = [];
    private readonly List<int> itemCounts = [];

    public ClusterGraph(DenseProblem problem, ReadOnlySpan<byte> placed)
    {
        clusterOf = new int[problem.ItemCount];
        for (byte device = 0; device < problem.DeviceCount; device++)
        {
            Open(device);
        }

        for (var item = 0; item < placed.Length; item++)
        {
            clusterOf[item] = ClusterFor(problem.Predecessors[item], placed[item]);
            itemCounts[clusterOf[item]]++;
        }

        (Predecessors, Successors) = Connect(problem);
    }

    public int Count => devices.Count;

    public Adjacency Predecessors { get; }

    public Adjacency Successors { get; }

    public int ClusterOf(int item) => clusterOf[item];

    public byte DeviceOf(int cluster) => devices[cluster];

    public int ItemsIn(int cluster) => itemCounts[cluster];

    /// <summary>For each cluster the launches that any order needs after it, along the heaviest path.</summary>
    public double[] Heights(ReadOnlySpan<double> weights)
    {
        var heights = new double[Count];
        for (var cluster = Count - 1; cluster >= 0; cluster--)
        {
            foreach (var next in Successors[cluster])
            {
                var launch = devices[next] == devices[cluster] ? 0 : weights[devices[next]];
                heights[cluster] = Math.Max(heights[cluster], launch + heights[next]);
            }
        }

        return heights;
    }

    private int Open(byte device)
    {
        devices.Add(device);
        itemCounts.Add(0);
        return devices.Count - 1;
    }

    private int ClusterFor(ReadOnlySpan<int> predecessors, byte device)
    {
        if (predecessors.IsEmpty)
        {
            return device;
        }

        var cluster = clusterOf[predecessors[0]];
        foreach (var predecessor in predecessors)
        {
            if (clusterOf[predecessor] != cluster)
            {
                return Open(device);
            }
        }

        return devices[cluster] == device ? cluster : Open(device);
    }

    private (Adjacency Predecessors, Adjacency Successors) Connect(DenseProblem problem)
    {
        var edges = new HashSet<(int From, int To)>();
        List<(int, int)> predecessors = [], successors = [];
        for (var item = 0; item < clusterOf.Length; item++)
        {
            foreach (var predecessor in problem.Predecessors[item])
            {
                var (from, to) = (clusterOf[predecessor], clusterOf[item]);
                if (from != to && edges.Add((from, to)))
                {
                    predecessors.Add((to, from));
                    successors.Add((from, to));
                }
            }
        }

        return (Adjacency.Of(Count, predecessors), Adjacency.Of(Count, successors));
    }
}
