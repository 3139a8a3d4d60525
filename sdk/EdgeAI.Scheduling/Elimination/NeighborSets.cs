using System.Runtime.InteropServices;

namespace EdgeAI.Scheduling.Elimination;

/// <summary>The interaction graph of a cost network while it is being eliminated: a sorted set of neighbors for each variable.</summary>
internal sealed class NeighborSets
{
    private readonly List<int> _pool = [];
    private readonly int[] _starts;
    private readonly int[] _counts;
    private readonly int[] _capacities;
    private int[] _merged = new int[64];

    public NeighborSets(CostNetwork network)
    {
        var variables = network.VariableCount;
        (_starts, _counts, _capacities) = (new int[variables], new int[variables], new int[variables]);
        CountPairs(network);
        var total = 0;
        for (var variable = 0; variable < variables; variable++)
        {
            (_starts[variable], _capacities[variable]) = (total, _capacities[variable] + 2);
            total += _capacities[variable];
        }

        CollectionsMarshal.SetCount(_pool, total);
        FillPairs(network);
    }

    public ReadOnlySpan<int> this[int variable] => CollectionsMarshal.AsSpan(_pool).Slice(_starts[variable], _counts[variable]);

    public bool Contains(int variable, int neighbor) => this[variable].BinarySearch(neighbor) >= 0;

    /// <summary>Adds the clique (sorted) to a member's neighbors and takes the eliminated variable away.</summary>
    public void Join(int member, ReadOnlySpan<int> clique, int eliminated)
    {
        var own = this[member];
        if (_merged.Length < own.Length + clique.Length)
        {
            _merged = new int[2 * (own.Length + clique.Length)];
        }

        var (count, left, right) = (0, 0, 0);
        while (left < own.Length || right < clique.Length)
        {
            var takesLeft = right == clique.Length || (left < own.Length && own[left] <= clique[right]);
            var next = takesLeft ? own[left] : clique[right];
            left += left < own.Length && own[left] == next ? 1 : 0;
            right += right < clique.Length && clique[right] == next ? 1 : 0;
            if (next != member && next != eliminated)
            {
                _merged[count++] = next;
            }
        }

        Store(member, _merged.AsSpan(0, count));
    }

    public void Remove(int variable, int neighbor)
    {
        var own = CollectionsMarshal.AsSpan(_pool).Slice(_starts[variable], _counts[variable]);
        var place = own.BinarySearch(neighbor);
        if (place >= 0)
        {
            own[(place + 1)..].CopyTo(own[place..]);
            _counts[variable]--;
        }
    }

    private void CountPairs(CostNetwork network)
    {
        for (var factor = 0; factor < network.FactorCount; factor++)
        {
            var scope = network.Scope(factor);
            foreach (var variable in scope)
            {
                _capacities[variable] += scope.Length - 1;
            }
        }
    }

    private void FillPairs(CostNetwork network)
    {
        for (var factor = 0; factor < network.FactorCount; factor++)
        {
            foreach (var variable in network.Scope(factor))
            {
                Append(variable, network.Scope(factor));
            }
        }

        for (var variable = 0; variable < _counts.Length; variable++)
        {
            SortDistinct(variable);
        }
    }

    private void Append(int variable, ReadOnlySpan<int> scope)
    {
        foreach (var other in scope)
        {
            if (other != variable)
            {
                _pool[_starts[variable] + _counts[variable]++] = other;
            }
        }
    }

    private void SortDistinct(int variable)
    {
        var own = CollectionsMarshal.AsSpan(_pool).Slice(_starts[variable], _counts[variable]);
        own.Sort();
        var count = 0;
        for (var index = 0; index < own.Length; index++)
        {
            if (index == 0 || own[index] != own[index - 1])
            {
                own[count++] = own[index];
            }
        }

        _counts[variable] = count;
    }

    private void Store(int variable, ReadOnlySpan<int> neighbors)
    {
        if (neighbors.Length > _capacities[variable])
        {
            (_starts[variable], _capacities[variable]) = (_pool.Count, 2 * neighbors.Length);
            CollectionsMarshal.SetCount(_pool, _pool.Count + _capacities[variable]);
        }

        neighbors.CopyTo(CollectionsMarshal.AsSpan(_pool).Slice(_starts[variable], neighbors.Length));
        _counts[variable] = neighbors.Length;
    }
}
