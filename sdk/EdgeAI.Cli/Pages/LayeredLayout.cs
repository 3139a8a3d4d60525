namespace EdgeAI.Cli.Pages;

/// <summary>
/// Places of nodes in a picture of an acyclic graph: a layer per longest way from a source, and within a layer each node near the mean of
/// its neighbours (Sugiyama's method without dummy nodes, barycenter sweeps down and up).
/// </summary>
internal sealed class LayeredLayout
{
    private const int Sweeps = 4;

    private readonly IReadOnlyList<IReadOnlyList<int>> _reads;
    private readonly List<int>[] _readers;
    private readonly double[] _x;

    private LayeredLayout(IReadOnlyList<IReadOnlyList<int>> reads)
    {
        (_reads, _readers, _x) = (reads, [.. reads.Select(_ => new List<int>())], new double[reads.Count]);
        Layers = new int[reads.Count];
        for (var node = 0; node < reads.Count; node++)
        {
            foreach (var read in reads[node])
            {
                _readers[read].Add(node);
            }
        }
    }

    /// <summary>Layer of each node, 0 on top.</summary>
    public int[] Layers { get; }

    /// <summary>Place of each node in its layer, in units of a node's width; may be fractional.</summary>
    public IReadOnlyList<double> Columns => _x;

    public int LayerCount => Layers.Length == 0 ? 0 : Layers.Max() + 1;

    public double Width => _x.Length == 0 ? 0 : _x.Max() + 1;

    /// <param name="reads">For each node the nodes that it reads.</param>
    public static LayeredLayout Of(IReadOnlyList<IReadOnlyList<int>> reads)
    {
        var layout = new LayeredLayout(reads);
        layout.AssignLayers();
        layout.AssignColumns();
        return layout;
    }

    /// <summary>In the order of a topological sort; what would be a cycle (a file may say anything) stays on its first layer.</summary>
    private void AssignLayers()
    {
        var left = _reads.Select(read => read.Count).ToArray();
        var ready = new Queue<int>(Enumerable.Range(0, left.Length).Where(node => left[node] == 0));
        while (ready.TryDequeue(out var node))
        {
            foreach (var reader in _readers[node])
            {
                Layers[reader] = Math.Max(Layers[reader], Layers[node] + 1);
                if (--left[reader] == 0)
                {
                    ready.Enqueue(reader);
                }
            }
        }
    }

    private void AssignColumns()
    {
        var layers = Enumerable.Range(0, Layers.Length).GroupBy(node => Layers[node]).OrderBy(group => group.Key).Select(group => group.ToList()).ToList();
        foreach (var layer in layers)
        {
            Spread(layer);
        }

        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var isDown = sweep % 2 == 0;
            foreach (var layer in isDown ? layers : Enumerable.Reverse(layers))
            {
                Pull(layer, isDown ? _reads : _readers);
                Spread(layer);
            }
        }

        var least = _x.Length == 0 ? 0 : _x.Min();
        for (var node = 0; node < _x.Length; node++)
        {
            _x[node] -= least;
        }
    }

    private void Pull(List<int> layer, IReadOnlyList<IReadOnlyList<int>> neighbours)
    {
        foreach (var node in layer.Where(node => neighbours[node].Count > 0))
        {
            _x[node] = neighbours[node].Average(other => _x[other]);
        }
    }

    /// <summary>Neighbours in a layer stand at least one width apart, and the layer's middle stays where it was.</summary>
    private void Spread(List<int> layer)
    {
        layer.Sort((one, other) => _x[one] != _x[other] ? _x[one].CompareTo(_x[other]) : one.CompareTo(other));
        var wanted = layer.Average(node => _x[node]);
        for (var i = 1; i < layer.Count; i++)
        {
            _x[layer[i]] = Math.Max(_x[layer[i]], _x[layer[i - 1]] + 1);
        }

        var shift = wanted - layer.Average(node => _x[node]);
        foreach (var node in layer)
        {
            _x[node] += shift;
        }
    }
}
