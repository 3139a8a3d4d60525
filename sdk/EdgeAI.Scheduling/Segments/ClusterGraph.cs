using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Segments;

/// <summary>
/// A range of a placed graph contracted so that a segment order reads it quickly: an item joins the cluster of its predecessors when
/// all of them are in one cluster on its own device, because then it always runs in the same segment. Items without
/// predecessors form one cluster per device (the first ones). Clusters are numbered in a topological order.
/// </summary>
internal sealed class ClusterGraph
{
    private readonly int _first;
    private readonly int[] _clusterOf;
    private readonly List<byte> _devices = [];
    private readonly List<int> _itemCounts = [];

    /// <summary>Contracts the items from <paramref name="first"/> up to and without <paramref name="end"/>; what runs before them does not count.</summary>
    public ClusterGraph(DenseProblem problem, ReadOnlySpan<byte> placed, int first, int end)
    {
        (_first, _clusterOf) = (first, new int[end - first]);
        for (byte device = 0; device < problem.DeviceCount; device++)
        {
            Open(device);
        }

        for (var item = first; item < end; item++)
        {
            var cluster = ClusterFor(problem.Predecessors[item], placed[item]);
            _clusterOf[item - first] = cluster;
            _itemCounts[cluster]++;
        }

        (Predecessors, Successors) = Connect(problem);
    }

    public int Count => _devices.Count;

    public Adjacency Predecessors { get; }

    public Adjacency Successors { get; }

    public int ClusterOf(int item) => _clusterOf[item - _first];

    public byte DeviceOf(int cluster) => _devices[cluster];

    public int ItemsIn(int cluster) => _itemCounts[cluster];

    /// <summary>For each cluster the launches that any order needs after it, along the heaviest path.</summary>
    public double[] Heights(ReadOnlySpan<double> weights)
    {
        var heights = new double[Count];
        for (var cluster = Count - 1; cluster >= 0; cluster--)
        {
            foreach (var next in Successors[cluster])
            {
                var launch = _devices[next] == _devices[cluster] ? 0 : weights[_devices[next]];
                heights[cluster] = Math.Max(heights[cluster], launch + heights[next]);
            }
        }

        return heights;
    }

    private int Open(byte device)
    {
        _devices.Add(device);
        _itemCounts.Add(0);
        return _devices.Count - 1;
    }

    private int ClusterFor(ReadOnlySpan<int> predecessors, byte device)
    {
        var cluster = -1;
        foreach (var predecessor in predecessors)
        {
            var other = predecessor < _first ? cluster : ClusterOf(predecessor);
            if (cluster >= 0 && other != cluster)
            {
                return Open(device);
            }

            cluster = other;
        }

        return cluster < 0 ? device : _devices[cluster] == device ? cluster : Open(device);
    }

    private (Adjacency Predecessors, Adjacency Successors) Connect(DenseProblem problem)
    {
        var edges = new HashSet<(int From, int To)>();
        List<(int, int)> predecessors = [], successors = [];
        for (var item = 0; item < _clusterOf.Length; item++)
        {
            foreach (var predecessor in problem.Predecessors[_first + item])
            {
                var (from, to) = predecessor < _first ? (0, 0) : (ClusterOf(predecessor), _clusterOf[item]);
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
