using System.Runtime.InteropServices;

namespace EdgeAI.Scheduling.Elimination;

/// <summary>
/// An order of elimination and, for each step, the variables with which the eliminated one is bound at that time.
/// Greedy: the variable goes next whose table is smallest (min-weight), that adds fewest new pairs (min-fill), or whose product of
/// both is least for its labels, which is best where tables stay small.
/// </summary>
internal sealed class EliminationOrder
{
    /// <summary>The position of a variable that keeps its label.</summary>
    public const int IsFixed = -1;

    private const int Waiting = -2;
    private const int FewNeighbors = 12;
    private const int ManyNeighbors = 512;
    private const int KeyScale = 64;
    private const int TotalOverLargest = 8;
    private const int VariableBits = 22;
    private const long WeightCap = 1L << 40;

    private enum Rule
    {
        MinWeight,
        MinFill,
        WeightAndFill,
    }

    private readonly CostNetwork _network;
    private readonly NeighborSets _neighbors;
    private readonly Rule _rule;
    private readonly long[] _keys;
    private readonly PriorityQueue<int, long> _queue;
    private readonly List<int> _order;
    private readonly List<int> _scopeStarts;
    private readonly List<int> _scopes;
    private readonly List<int> _fixedVariables = [];
    private int[] _clique = new int[64];

    private EliminationOrder(CostNetwork network, Rule rule)
    {
        (_network, _rule, _neighbors) = (network, rule, new NeighborSets(network));
        var variables = network.VariableCount;
        (_keys, _queue, _order, _scopeStarts, _scopes) = (new long[variables], new(variables), new(variables), new(variables + 1) { 0 }, new(4 * variables));
        Position = new int[variables];
        Array.Fill(Position, Waiting);
        Array.Fill(_keys, -1);
        for (var variable = 0; variable < variables; variable++)
        {
            Enqueue(variable);
        }
    }

    /// <summary>The step at which each variable is eliminated; <see cref="IsFixed"/> for one that keeps its label.</summary>
    public int[] Position { get; }

    public int Steps => _order.Count;

    /// <summary>The largest table over a step's scope.</summary>
    public long LargestTable { get; private set; } = 1;

    /// <summary>All steps' tables together.</summary>
    public long TotalEntries { get; private set; }

    /// <summary>Variables that had to keep their label so that no table passes the limit.</summary>
    public ReadOnlySpan<int> Fixed => CollectionsMarshal.AsSpan(_fixedVariables);

    public int VariableAt(int step) => _order[step];

    /// <summary>The variables bound with the eliminated one, the next to be eliminated first.</summary>
    public ReadOnlySpan<int> Scope(int step) => CollectionsMarshal.AsSpan(_scopes)[_scopeStarts[step].._scopeStarts[step + 1]];

    /// <summary>Finds an order; null when some table (with the eliminated variable) would pass the limit.</summary>
    public static EliminationOrder? Find(CostNetwork network, long maxEntries, bool minFill, CancellationToken cancellation)
    {
        var result = new EliminationOrder(network, minFill ? Rule.MinFill : Rule.WeightAndFill);
        return result.Run(maxEntries, null, cancellation) ? result : null;
    }

    /// <summary>Finds an order in which no table passes the limit by fixing variables: of the least often <paramref name="timesFixed"/>, those with most neighbors.</summary>
    public static EliminationOrder FindFixing(CostNetwork network, long maxEntries, int[] timesFixed, CancellationToken cancellation)
    {
        var result = new EliminationOrder(network, Rule.MinWeight);
        result.Run(maxEntries, timesFixed, cancellation);
        return result;
    }

    private bool Run(long maxEntries, int[]? timesFixed, CancellationToken cancellation)
    {
        while (_queue.TryDequeue(out var variable, out var key))
        {
            cancellation.ThrowIfCancellationRequested();
            if (Position[variable] != Waiting || key != _keys[variable])
            {
                continue;
            }

            if (TableSize(variable) * _network.DomainOf(variable) <= maxEntries && (timesFixed is not null || TotalEntries <= TotalOverLargest * maxEntries))
            {
                Eliminate(variable);
            }
            else if (timesFixed is null)
            {
                return false;
            }
            else
            {
                Fix(ChooseFixed(variable, timesFixed));
                if (Position[variable] == Waiting)
                {
                    _queue.Enqueue(variable, _keys[variable]);
                }
            }
        }

        SortScopes();
        return true;
    }

    private void Eliminate(int variable)
    {
        var scope = CopyNeighbors(variable);
        var size = TableSize(variable);
        (LargestTable, TotalEntries) = (Math.Max(LargestTable, size), TotalEntries + size);
        Position[variable] = _order.Count;
        _order.Add(variable);
        _scopes.AddRange(scope);
        _scopeStarts.Add(_scopes.Count);
        foreach (var member in scope)
        {
            _neighbors.Join(member, scope, variable);
        }

        foreach (var member in scope)
        {
            Enqueue(member);
        }
    }

    private int ChooseFixed(int variable, int[] timesFixed)
    {
        var best = variable;
        foreach (var candidate in _neighbors[variable])
        {
            var better = timesFixed[candidate].CompareTo(timesFixed[best]);
            better = better != 0 ? better : _neighbors[best].Length.CompareTo(_neighbors[candidate].Length);
            best = better < 0 ? candidate : best;
        }

        timesFixed[best]++;
        return best;
    }

    private void Fix(int variable)
    {
        Position[variable] = IsFixed;
        _fixedVariables.Add(variable);
        var scope = CopyNeighbors(variable);
        foreach (var member in scope)
        {
            _neighbors.Remove(member, variable);
            Enqueue(member);
        }
    }

    private ReadOnlySpan<int> CopyNeighbors(int variable)
    {
        var own = _neighbors[variable];
        if (_clique.Length < own.Length)
        {
            _clique = new int[2 * own.Length];
        }

        own.CopyTo(_clique);
        return _clique.AsSpan(0, own.Length);
    }

    private void Enqueue(int variable)
    {
        var key = Math.Min(ScoreOf(variable), WeightCap) << VariableBits | (uint)variable;
        if (key != _keys[variable])
        {
            _keys[variable] = key;
            _queue.Enqueue(variable, key);
        }
    }

    private long ScoreOf(int variable) => _rule switch
    {
        Rule.MinFill => FillOf(variable, ManyNeighbors),
        Rule.MinWeight => TableSize(variable),
        _ => (long)Math.Min(WeightCap, (double)KeyScale * TableSize(variable) * (1 + FillOf(variable, FewNeighbors)) / _network.DomainOf(variable)),
    };

    private long TableSize(int variable)
    {
        var size = 1L;
        foreach (var neighbor in _neighbors[variable])
        {
            size = Math.Min(size * _network.DomainOf(neighbor), WeightCap);
        }

        return size;
    }

    /// <summary>The pairs of neighbors that elimination makes new; as many as there can be where it has more neighbors than are worth a count.</summary>
    private long FillOf(int variable, int mostNeighbors)
    {
        var own = _neighbors[variable];
        if (own.Length > mostNeighbors)
        {
            return own.Length * (own.Length - 1L) / 2;
        }

        var fill = 0L;
        for (var left = 0; left < own.Length; left++)
        {
            for (var right = left + 1; right < own.Length; right++)
            {
                fill += _neighbors.Contains(own[left], own[right]) ? 0 : 1;
            }
        }

        return fill;
    }

    private void SortScopes()
    {
        for (var step = 0; step < Steps; step++)
        {
            var scope = CollectionsMarshal.AsSpan(_scopes)[_scopeStarts[step].._scopeStarts[step + 1]];
            for (var index = 1; index < scope.Length; index++)
            {
                for (var place = index; place > 0 && Position[scope[place]] < Position[scope[place - 1]]; place--)
                {
                    (scope[place], scope[place - 1]) = (scope[place - 1], scope[place]);
                }
            }
        }
    }
}
