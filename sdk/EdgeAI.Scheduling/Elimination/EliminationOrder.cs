using System.Runtime.InteropServices;

namespace EdgeAI.Scheduling.Elimination;

/// <summary>
/// An order of elimination and, for each step, the variables with which the eliminated one is bound at that time.
/// Greedy: the variable whose table is smallest goes next (min-weight), or the one that adds fewest new pairs (min-fill).
/// </summary>
internal sealed class EliminationOrder
{
    /// <summary>The position of a variable that keeps its label.</summary>
    public const int IsFixed = -1;

    private const int Waiting = -2;
    private const int TotalOverLargest = 8;
    private const int VariableBits = 22;
    private const long WeightCap = 1L << 40;

    private readonly CostNetwork network;
    private readonly NeighborSets neighbors;
    private readonly bool minFill;
    private readonly long[] keys;
    private readonly PriorityQueue<int, long> queue;
    private readonly List<int> order;
    private readonly List<int> scopeStarts;
    private readonly List<int> scopes;
    private readonly List<int> fixedVariables = [];
    private int[] clique = new int[64];

    private EliminationOrder(CostNetwork network, bool minFill)
    {
        (this.network, this.minFill, neighbors) = (network, minFill, new NeighborSets(network));
        var variables = network.VariableCount;
        (keys, queue, order, scopeStarts, scopes) = (new long[variables], new(variables), new(variables), new(variables + 1) { 0 }, new(4 * variables));
        Position = new int[variables];
        Array.Fill(Position, Waiting);
        Array.Fill(keys, -1);
        for (var variable = 0; variable < variables; variable++)
        {
            Enqueue(variable);
        }
    }

    /// <summary>The step at which each variable is eliminated; <see cref="IsFixed"/> for one that keeps its label.</summary>
    public int[] Position { get; }

    public int Steps => order.Count;

    /// <summary>The largest table over a step's scope.</summary>
    public long LargestTable { get; private set; } = 1;

    /// <summary>All steps' tables together.</summary>
    public long TotalEntries { get; private set; }

    /// <summary>Variables that had to keep their label so that no table passes the limit.</summary>
    public ReadOnlySpan<int> Fixed => CollectionsMarshal.AsSpan(fixedVariables);

    public int VariableAt(int step) => order[step];

    /// <summary>The variables bound with the eliminated one, the last to be eliminated first.</summary>
    public ReadOnlySpan<int> Scope(int step) => CollectionsMarshal.AsSpan(scopes)[scopeStarts[step]..scopeStarts[step + 1]];

    /// <summary>Finds an order; null when some table (with the eliminated variable) would pass the limit.</summary>
    public static EliminationOrder? Find(CostNetwork network, long maxEntries, bool minFill)
    {
        var result = new EliminationOrder(network, minFill);
        return result.Run(maxEntries, null) ? result : null;
    }

    /// <summary>Finds an order in which no table passes the limit by fixing variables: of the least often <paramref name="timesFixed"/>, those with most neighbors.</summary>
    public static EliminationOrder FindFixing(CostNetwork network, long maxEntries, int[] timesFixed)
    {
        var result = new EliminationOrder(network, minFill: false);
        result.Run(maxEntries, timesFixed);
        return result;
    }

    private bool Run(long maxEntries, int[]? timesFixed)
    {
        while (queue.TryDequeue(out var variable, out var key))
        {
            if (Position[variable] != Waiting || key != keys[variable])
            {
                continue;
            }

            if (TableSize(variable) * network.DomainOf(variable) <= maxEntries && (timesFixed is not null || TotalEntries <= TotalOverLargest * maxEntries))
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
                    queue.Enqueue(variable, keys[variable]);
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
        Position[variable] = order.Count;
        order.Add(variable);
        scopes.AddRange(scope);
        scopeStarts.Add(scopes.Count);
        foreach (var member in scope)
        {
            neighbors.Join(member, scope, variable);
        }

        foreach (var member in scope)
        {
            Enqueue(member);
        }
    }

    private int ChooseFixed(int variable, int[] timesFixed)
    {
        var best = variable;
        foreach (var candidate in neighbors[variable])
        {
            var better = timesFixed[candidate].CompareTo(timesFixed[best]);
            better = better != 0 ? better : neighbors[best].Length.CompareTo(neighbors[candidate].Length);
            best = better < 0 ? candidate : best;
        }

        timesFixed[best]++;
        return best;
    }

    private void Fix(int variable)
    {
        Position[variable] = IsFixed;
        fixedVariables.Add(variable);
        var scope = CopyNeighbors(variable);
        foreach (var member in scope)
        {
            neighbors.Remove(member, variable);
            Enqueue(member);
        }
    }

    private ReadOnlySpan<int> CopyNeighbors(int variable)
    {
        var own = neighbors[variable];
        if (clique.Length < own.Length)
        {
            clique = new int[2 * own.Length];
        }

        own.CopyTo(clique);
        return clique.AsSpan(0, own.Length);
    }

    private void Enqueue(int variable)
    {
        var score = minFill ? FillOf(variable) : TableSize(variable);
        var key = Math.Min(score, WeightCap) << VariableBits | (uint)variable;
        if (key != keys[variable])
        {
            keys[variable] = key;
            queue.Enqueue(variable, key);
        }
    }

    private long TableSize(int variable)
    {
        var size = 1L;
        foreach (var neighbor in neighbors[variable])
        {
            size = Math.Min(size * network.DomainOf(neighbor), WeightCap);
        }

        return size;
    }

    private long FillOf(int variable)
    {
        var own = neighbors[variable];
        var fill = 0L;
        for (var left = 0; left < own.Length; left++)
        {
            for (var right = left + 1; right < own.Length; right++)
            {
                fill += neighbors.Contains(own[left], own[right]) ? 0 : 1;
            }
        }

        return fill;
    }

    private void SortScopes()
    {
        for (var step = 0; step < Steps; step++)
        {
            var scope = CollectionsMarshal.AsSpan(scopes)[scopeStarts[step]..scopeStarts[step + 1]];
            for (var index = 1; index < scope.Length; index++)
            {
                for (var place = index; place > 0 && Position[scope[place]] > Position[scope[place - 1]]; place--)
                {
                    (scope[place], scope[place - 1]) = (scope[place - 1], scope[place]);
                }
            }
        }
    }
}
