using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Segments;

/// <summary>
/// For each device a flow of <see cref="Units"/> along the graph. Every order runs the items of a path in the path's order and so launches a device at least as often as any
/// path enters it, hence at least as often as paths do in the mean: a flow's units are such a mean, and additive sum plus the flow's launches is a
/// lower bound that elimination can minimize. The flow goes where the answers so far had most launches, spread by a soft maximum over
/// paths (exponentiated gradients on the dual problem), so it comes close to the best of all means. Units are whole and a power of two, so counts are exact.
/// An edge past a solved block counts nothing: the launch may be one of the block's.
/// </summary>
internal sealed class LaunchFlow
{
    /// <summary>The units of each flow.</summary>
    public const int Units = 1024;

    /// <summary>What an item on a path is worth in temperatures, so that of like paths the longer is taken.</summary>
    private const float Length = 1e-4f;
    private const float Negligible = -12;

    private readonly DenseProblem _problem;
    private readonly List<int> _before = [];
    private readonly List<int> _item = [];
    private readonly List<bool> _isCounted = [];
    private readonly int[] _starts;
    private readonly bool[] _isLast;
    private readonly double[] _potentials;
    private readonly double[] _shares;
    private readonly int[] _through;
    private readonly float[][] _launches;
    private readonly int[][] _units;

    public LaunchFlow(DenseProblem problem, BranchBlocks blocks)
    {
        (_problem, _starts, _isLast) = (problem, new int[problem.ItemCount + 1], new bool[problem.ItemCount]);
        foreach (var block in problem.Blocks)
        {
            for (var item = block.First; item <= block.Sink && item < problem.ItemCount; item++)
            {
                AddEdges(item, block.Source, blocks);
                _starts[item + 1] = _before.Count;
            }
        }

        (_potentials, _shares, _through) = (new double[problem.ItemCount], new double[EdgeCount], new int[problem.ItemCount]);
        (_launches, _units) = (Array.ConvertAll(problem.Launch, _ => new float[EdgeCount]), Array.ConvertAll(problem.Launch, _ => new int[EdgeCount]));
    }

    public int EdgeCount => _before.Count;

    /// <summary>The item that an edge comes from; -1 for none.</summary>
    public int Before(int edge) => _before[edge];

    public int Item(int edge) => _item[edge];

    /// <summary>Whether launches along an edge count.</summary>
    public bool IsCounted(int edge) => _isCounted[edge];

    /// <summary>What a launch of each device after an edge costs.</summary>
    public void ReadLaunches(int edge, Span<double> launches)
    {
        for (var device = 0; device < launches.Length; device++)
        {
            launches[device] = _problem.Launch[device] * _units[device][edge] / Units;
        }
    }

    /// <summary>Adds an answer's launches to those that the flow is to meet.</summary>
    public void Add(ReadOnlySpan<byte> devices)
    {
        for (var edge = 0; edge < EdgeCount; edge++)
        {
            var device = devices[_item[edge]];
            _launches[device][edge] += IsLaunch(edge, devices) ? (float)_problem.Launch[device] : 0;
        }
    }

    /// <summary>Spreads the flow over the paths with most launches so far; the higher the temperature, the wider.</summary>
    public void Spread(double temperature)
    {
        for (var device = 0; device < _problem.DeviceCount; device++)
        {
            if (_problem.Launch[device] > 0)
            {
                Climb(_launches[device], temperature);
                Distribute(_units[device], temperature);
            }
        }
    }

    /// <summary>How many units of each device's flow enter the device.</summary>
    public void Count(ReadOnlySpan<byte> devices, Span<long> counts)
    {
        counts.Clear();
        for (var edge = 0; edge < EdgeCount; edge++)
        {
            var device = devices[_item[edge]];
            counts[device] += IsLaunch(edge, devices) ? _units[device][edge] : 0;
        }
    }

    private bool IsLaunch(int edge, ReadOnlySpan<byte> devices) =>
        _isCounted[edge] && (_before[edge] < 0 || devices[_before[edge]] != devices[_item[edge]]);

    /// <summary>Adds the edges into an item but those that pass by a clean item: a path through that enters no device less often.</summary>
    private void AddEdges(int item, int clean, BranchBlocks blocks)
    {
        if (blocks.Contains(item))
        {
            return;
        }

        var first = _before.Count;
        foreach (var before in _problem.Predecessors[item])
        {
            if (before >= clean && !blocks.Contains(before))
            {
                AddEdge(before, item, blocks);
            }
        }

        if (_before.Count == first)
        {
            AddEdge(clean, item, blocks);
        }

        _isLast[item] = true;
    }

    private void AddEdge(int before, int item, BranchBlocks blocks)
    {
        _before.Add(before);
        _item.Add(item);
        _isCounted.Add(!blocks.LieBetween(before, item));
        if (before >= 0)
        {
            _isLast[before] = false;
        }
    }

    /// <summary>The soft maximum of the launches along paths to each item, and the share that each edge into it has in that.</summary>
    private void Climb(float[] launches, double temperature)
    {
        for (var item = 0; item < _potentials.Length; item++)
        {
            var most = double.NegativeInfinity;
            for (var edge = _starts[item]; edge < _starts[item + 1]; edge++)
            {
                _shares[edge] = launches[edge] + (_before[edge] < 0 ? 0 : _potentials[_before[edge]] + (Length * temperature));
                most = Math.Max(most, _shares[edge]);
            }

            var sum = 0.0;
            for (var edge = _starts[item]; edge < _starts[item + 1]; edge++)
            {
                _shares[edge] = Weight(_shares[edge] - most, temperature);
                sum += _shares[edge];
            }

            for (var edge = _starts[item]; edge < _starts[item + 1]; edge++)
            {
                _shares[edge] /= sum;
            }

            _potentials[item] = sum == 1 ? most : most + (temperature * Math.Log(sum));
        }
    }

    private static double Weight(double difference, double temperature) =>
        difference == 0 ? 1 : difference < Negligible * temperature ? 0 : MathF.Exp((float)(difference / temperature));

    /// <summary>Lets all units flow back from the last items, at each item by the shares of its edges; what rounding leaves takes the largest.</summary>
    private void Distribute(int[] units, double temperature)
    {
        Array.Clear(_through);
        LetIn(temperature);
        for (var item = _through.Length - 1; item >= 0; item--)
        {
            var (left, largest) = (_through[item], _starts[item]);
            for (var edge = _starts[item]; edge < _starts[item + 1]; edge++)
            {
                units[edge] = Math.Min(left, (int)((_through[item] * _shares[edge]) + 0.5));
                left -= units[edge];
                largest = _shares[edge] > _shares[largest] ? edge : largest;
            }

            for (var edge = _starts[item]; edge < _starts[item + 1]; edge++)
            {
                units[edge] += edge == largest ? left : 0;
                _through[Math.Max(_before[edge], 0)] += _before[edge] < 0 ? 0 : units[edge];
            }
        }
    }

    private void LetIn(double temperature)
    {
        var (last, sum, left) = (-1, 0.0, Units);
        for (var item = 0; item < _isLast.Length; item++)
        {
            last = _isLast[item] && (last < 0 || _potentials[item] > _potentials[last]) ? item : last;
        }

        for (var item = 0; item < _isLast.Length; item++)
        {
            sum += _isLast[item] ? Weight(_potentials[item] - _potentials[last], temperature) : 0;
        }

        for (var item = 0; item < _isLast.Length; item++)
        {
            _through[item] = _isLast[item] ? (int)(Units * Weight(_potentials[item] - _potentials[last], temperature) / sum) : 0;
            left -= _through[item];
        }

        if (last >= 0)
        {
            _through[last] += left;
        }
    }
}
