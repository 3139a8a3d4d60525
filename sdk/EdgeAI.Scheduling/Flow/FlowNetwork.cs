namespace EdgeAI.Scheduling.Flow;

/// <summary>Maximum flow between two nodes by blocking flows on level graphs (Dinic 1970), without recursion.</summary>
internal sealed class FlowNetwork(int nodeCount)
{
    private readonly List<int> _heads = [];
    private readonly List<int> _nexts = [];
    private readonly List<double> _capacities = [];
    private readonly int[] _firsts = Filled(nodeCount);
    private readonly int[] _levels = new int[nodeCount];
    private readonly int[] _currents = new int[nodeCount];
    private readonly int[] _queue = new int[nodeCount];
    private readonly List<int> _path = [];

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
            _firsts.CopyTo(_currents, 0);
            while (Advance(source, sink))
            {
                Augment();
            }
        }
    }

    public bool IsOnSourceSide(int node) => _levels[node] >= 0;

    private static int[] Filled(int count)
    {
        var array = new int[count];
        Array.Fill(array, -1);
        return array;
    }

    private void AddArc(int from, int to, double capacity)
    {
        _heads.Add(to);
        _capacities.Add(capacity);
        _nexts.Add(_firsts[from]);
        _firsts[from] = _heads.Count - 1;
    }

    private bool FindLevels(int source, int sink)
    {
        Array.Fill(_levels, -1);
        (_levels[source], _queue[0]) = (0, source);
        for (var (read, write) = (0, 1); read < write; read++)
        {
            for (var arc = _firsts[_queue[read]]; arc >= 0; arc = _nexts[arc])
            {
                if (_capacities[arc] > 0 && _levels[_heads[arc]] < 0)
                {
                    _levels[_heads[arc]] = _levels[_queue[read]] + 1;
                    _queue[write++] = _heads[arc];
                }
            }
        }

        return _levels[sink] >= 0;
    }

    /// <summary>Finds the next path to the sink in the level graph, backing out of dead ends.</summary>
    private bool Advance(int source, int sink)
    {
        _path.Clear();
        for (var node = source; node != sink;)
        {
            var arc = _currents[node];
            while (arc >= 0 && !(_capacities[arc] > 0 && _levels[_heads[arc]] == _levels[node] + 1))
            {
                arc = _nexts[arc];
            }

            _currents[node] = arc;
            if (arc >= 0)
            {
                _path.Add(arc);
                node = _heads[arc];
            }
            else if (_path.Count == 0)
            {
                return false;
            }
            else
            {
                node = _heads[_path[^1] ^ 1];
                _currents[node] = _nexts[_path[^1]];
                _path.RemoveAt(_path.Count - 1);
            }
        }

        return true;
    }

    private void Augment()
    {
        var amount = double.PositiveInfinity;
        foreach (var arc in _path)
        {
            amount = Math.Min(amount, _capacities[arc]);
        }

        foreach (var arc in _path)
        {
            _capacities[arc] -= amount;
            _capacities[arc ^ 1] += amount;
        }
    }
}
