using EdgeAI.Scheduling.Elimination;
using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Search;

/// <summary>
/// Sequential tree-reweighted message passing (Kolmogorov 2006) over a network of pairs: the dual of the linear
/// relaxation climbs with every pass and is a lower bound at any time; each forward pass also reads off a placement.
/// </summary>
internal sealed class TreeReweightedBound
{
    private readonly CostNetwork _network;
    private readonly int[] _order;
    private readonly int[] _rank;
    private readonly Adjacency _edgesOf;
    private readonly double[] _weights;
    private readonly int[] _starts;
    private readonly double[] _toFirst;
    private readonly double[] _toSecond;
    private readonly double[] _belief = new double[1 << PlacementProblem.MaxDevices];

    /// <summary>Prepares the passes over a network whose factors are all pairs, in an order of time.</summary>
    public TreeReweightedBound(CostNetwork network, int[] times)
    {
        _network = network;
        (_order, _rank) = ([.. Enumerable.Range(0, times.Length).OrderBy(variable => times[variable])], new int[times.Length]);
        for (var place = 0; place < _order.Length; place++)
        {
            _rank[_order[place]] = place;
        }

        var pairs = new List<(int, int)>();
        _starts = new int[network.FactorCount + 1];
        for (var edge = 0; edge < network.FactorCount; edge++)
        {
            var scope = network.Scope(edge);
            pairs.Add((scope[0], edge));
            pairs.Add((scope[1], edge));
            _starts[edge + 1] = _starts[edge] + Math.Max(network.DomainOf(scope[0]), network.DomainOf(scope[1]));
        }

        (_edgesOf, _weights) = (Adjacency.Of(times.Length, pairs), new double[times.Length]);
        (_toFirst, _toSecond) = (new double[_starts[^1]], new double[_starts[^1]]);
        for (var variable = 0; variable < times.Length; variable++)
        {
            _weights[variable] = 1.0 / Math.Max(1, Math.Max(CountEdges(variable, true), CountEdges(variable, false)));
        }
    }

    /// <summary>Work of one pass, for budgets.</summary>
    public long PassWork => Math.Max(1, Enumerable.Range(0, _network.FactorCount).Sum(edge => (long)_network.Table(edge).Length));

    /// <summary>One pass in the order of time, in which messages go forward; writes a label for each variable.</summary>
    public void PassForward(byte[] labels)
    {
        foreach (var variable in _order)
        {
            labels[variable] = ChooseLabel(variable, labels);
            Send(variable, forward: true, SumBelief(variable));
        }
    }

    /// <summary>One pass against the order of time; returns the bound.</summary>
    public double PassBackward()
    {
        var bound = _network.Constant;
        for (var place = _order.Length - 1; place >= 0; place--)
        {
            var sum = SumBelief(_order[place]);
            bound += SubtractMinimum(sum) + Send(_order[place], forward: false, sum);
        }

        return bound;
    }

    private int CountEdges(int variable, bool forward)
    {
        var count = 0;
        foreach (var edge in _edgesOf[variable])
        {
            count += GoesForward(edge, variable) == forward ? 1 : 0;
        }

        return count;
    }

    private int OtherEnd(int edge, int variable)
    {
        var scope = _network.Scope(edge);
        return scope[0] == variable ? scope[1] : scope[0];
    }

    private bool GoesForward(int edge, int variable) => _rank[OtherEnd(edge, variable)] > _rank[variable];

    private Span<double> MessageTo(int variable, int edge) =>
        (_network.Scope(edge)[0] == variable ? _toFirst : _toSecond).AsSpan(_starts[edge], _network.DomainOf(variable));

    private Span<double> SumBelief(int variable)
    {
        var sum = _belief.AsSpan(0, _network.DomainOf(variable));
        _network.Unary(variable).CopyTo(sum);
        foreach (var edge in _edgesOf[variable])
        {
            Add(MessageTo(variable, edge), sum);
        }

        return sum;
    }

    private static void Add(ReadOnlySpan<double> message, Span<double> sum)
    {
        for (var label = 0; label < sum.Length; label++)
        {
            sum[label] += message[label];
        }
    }

    private double Send(int variable, bool forward, ReadOnlySpan<double> sum)
    {
        var total = 0.0;
        foreach (var edge in _edgesOf[variable])
        {
            if (GoesForward(edge, variable) == forward)
            {
                total += Send(variable, edge, sum);
            }
        }

        return total;
    }

    /// <summary>Sends the variable's share of its belief over an edge; returns what was taken off to make the least entry 0.</summary>
    private double Send(int variable, int edge, ReadOnlySpan<double> sum)
    {
        var other = OtherEnd(edge, variable);
        var isFirst = _network.Scope(edge)[0] == variable;
        ReadOnlySpan<double> back = MessageTo(variable, edge);
        ReadOnlySpan<double> table = _network.Table(edge);
        var message = MessageTo(other, edge);
        var (own, theirs) = isFirst ? (message.Length, 1) : (1, sum.Length);
        message.Fill(double.PositiveInfinity);
        for (var label = 0; label < sum.Length; label++)
        {
            var share = (_weights[variable] * sum[label]) - back[label];
            for (var target = 0; target < message.Length; target++)
            {
                message[target] = Math.Min(message[target], share + table[(label * own) + (target * theirs)]);
            }
        }

        return SubtractMinimum(message);
    }

    private static double SubtractMinimum(Span<double> entries)
    {
        var least = double.PositiveInfinity;
        foreach (var entry in entries)
        {
            least = Math.Min(least, entry);
        }

        foreach (ref var entry in entries)
        {
            entry -= least;
        }

        return least;
    }

    /// <summary>The best label given those of earlier variables and what later ones have sent.</summary>
    private byte ChooseLabel(int variable, byte[] labels)
    {
        var sum = _belief.AsSpan(0, _network.DomainOf(variable));
        _network.Unary(variable).CopyTo(sum);
        foreach (var edge in _edgesOf[variable])
        {
            if (GoesForward(edge, variable))
            {
                Add(MessageTo(variable, edge), sum);
            }
            else
            {
                AddRow(variable, edge, labels, sum);
            }
        }

        var best = 0;
        for (var label = 1; label < sum.Length; label++)
        {
            best = sum[label] < sum[best] ? label : best;
        }

        return (byte)best;
    }

    private void AddRow(int variable, int edge, byte[] labels, Span<double> sum)
    {
        var table = _network.Table(edge);
        var other = OtherEnd(edge, variable);
        var isFirst = _network.Scope(edge)[0] == variable;
        for (var label = 0; label < sum.Length; label++)
        {
            sum[label] += table[isFirst ? (label * _network.DomainOf(other)) + labels[other] : (labels[other] * sum.Length) + label];
        }
    }
}
