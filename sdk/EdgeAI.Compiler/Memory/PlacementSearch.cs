using System.Runtime.InteropServices;

namespace EdgeAI.Compiler.Memory;

/// <summary>
/// Exact search for a placing under a limit. It looks at settled placings only: each block lies on 0 or on a block below it (any
/// placing settles into one). A node picks a clique at the bottom of a valley of floors and asks what lies there: one of the
/// blocks that may, or nothing. The answers exclude each other, so no placing is met twice. Cliques are picked by fewest answers
/// over a weight that grows with the dead ends met there; it is kept between searches. docs/memory-planner.md tells more.
/// </summary>
internal sealed class PlacementSearch
{
    private readonly CliqueModel _model;
    private readonly StackBound _bound;
    private readonly int[] _offset;
    private readonly int[] _lowest;
    private readonly int[] _highest;
    private readonly bool[] _isPlaced;
    private readonly int[] _waiting;
    private readonly int[] _rest;
    private readonly int[] _crossing;
    private readonly int[] _limit;
    private readonly double[] _weight;
    private readonly int[] _afterGap;
    private readonly List<(int Block, int Lowest)> _trail = [];
    private readonly List<SearchDecision> _decisions = [];
    private readonly List<int> _answers = [];
    private readonly Comparison<int> _byPreference;
    private double[] _preference = [];
    private int _waitingCount;

    public PlacementSearch(CliqueModel model)
    {
        (_model, _bound) = (model, new StackBound(model));
        var (blocks, cliques) = (model.Count, model.CliqueCount);
        (_offset, _lowest, _highest, _isPlaced, _waiting, _afterGap) =
            (new int[blocks], new int[blocks], new int[blocks], new bool[blocks], new int[blocks], new int[blocks]);
        (_rest, _crossing, _limit, _weight) = (new int[cliques], new int[cliques], new int[cliques], new double[cliques]);
        Forget();
        _byPreference = (a, b) => _preference[a] != _preference[b] ? _preference[b].CompareTo(_preference[a]) : a.CompareTo(b);
    }

    /// <summary>Offsets in units; a placing after <see cref="SearchVerdict.Found"/>.</summary>
    public ReadOnlySpan<int> Offsets => _offset;

    /// <summary>Makes all cliques weigh the same again.</summary>
    public void Forget() => Array.Fill(_weight, 1);

    /// <summary>
    /// Searches under a limit in bytes. Of the blocks that may lie at a place, those of higher preference are tried first. Ends
    /// after these nodes at the latest, or with the budget.
    /// </summary>
    public SearchVerdict Run(long limit, double[] preference, long nodes, SearchBudget budget)
    {
        Reset(limit, preference);
        while (_waitingCount > 0)
        {
            if (nodes-- <= 0 || !budget.TrySpend())
            {
                return SearchVerdict.OutOfBudget;
            }

            if (IsBounded())
            {
                Decide();
            }

            if (!Advance())
            {
                return SearchVerdict.Impossible;
            }
        }

        return SearchVerdict.Found;
    }

    private void Reset(long limit, double[] preference)
    {
        (_preference, _waitingCount) = (preference, _model.Count);
        Array.Clear(_lowest);
        Array.Clear(_isPlaced);
        Array.Clear(_rest);
        Array.Clear(_crossing);
        _trail.Clear();
        _decisions.Clear();
        _answers.Clear();
        for (var clique = 0; clique < _limit.Length; clique++)
        {
            _limit[clique] = _model.LimitUnits(clique, limit);
        }

        for (var block = 0; block < _waiting.Length; block++)
        {
            _waiting[block] = block;
            _highest[block] = _model.HighestOffset(block, limit);
            Count(block, 1);
        }
    }

    /// <summary>Adds a waiting block to its cliques' sums, or takes it out.</summary>
    private void Count(int block, int sign)
    {
        var (first, end) = (_model.First[block], _model.End[block]);
        for (var clique = first; clique < end; clique++)
        {
            _rest[clique] += sign * _model.Size[block];
        }

        for (var clique = first; clique < end - 1; clique++)
        {
            _crossing[clique] += sign;
        }
    }

    /// <summary>Bounds what the last decision can have changed; false at a dead end.</summary>
    private bool IsBounded()
    {
        SortWaiting();
        var (first, end) = _decisions.Count == 0 ? (0, _model.CliqueCount) : (_decisions[^1].First, _decisions[^1].End);
        var over = _bound.Compute(first, end, _waiting.AsSpan(0, _waitingCount), _lowest, _limit);
        if (over >= 0)
        {
            _weight[over]++;
        }

        return over < 0;
    }

    /// <summary>By lowest offset; it is nearly sorted already.</summary>
    private void SortWaiting()
    {
        var waiting = _waiting.AsSpan(0, _waitingCount);
        for (var i = 1; i < waiting.Length; i++)
        {
            var (block, at) = (waiting[i], i - 1);
            var key = _lowest[block];
            for (; at >= 0 && _lowest[waiting[at]] > key; at--)
            {
                waiting[at + 1] = waiting[at];
            }

            waiting[at + 1] = block;
        }
    }

    private void Decide()
    {
        var clique = -1;
        if (_decisions.Count > 0)
        {
            clique = Pick(_decisions[^1].First, _decisions[^1].End);
        }

        if (clique < 0)
        {
            _bound.Compute(0, _model.CliqueCount, _waiting.AsSpan(0, _waitingCount), _lowest, _limit);
            clique = Pick(0, _model.CliqueCount);
        }

        var (first, end) = Component(clique);
        _decisions.Add(new SearchDecision(first, end, clique, _bound.Floor(clique), _answers.Count, _trail.Count));
        ListAnswers(clique, _bound.Floor(clique));
    }

    /// <summary>The clique with the fewest answers over weight, of those in valleys: the ones whose neighbours' floors are higher.</summary>
    private int Pick(int first, int end)
    {
        var (best, bestScore) = (-1, double.PositiveInfinity);
        for (var left = first; left < end;)
        {
            var (floor, right) = (_bound.Floor(left), left + 1);
            while (right < end && _bound.Floor(right) == floor)
            {
                right++;
            }

            var isValley = floor != StackBound.NoFloor && (left == first || _bound.Floor(left - 1) > floor) && (right == end || _bound.Floor(right) > floor);
            for (var clique = left; isValley && clique < right; clique++)
            {
                var answers = _bound.Ready(clique) + (floor + _rest[clique] < _limit[clique] ? 1 : 0);
                var score = answers == 1 ? 0 : answers / _weight[clique];
                if (score < bestScore || (score == bestScore && floor < _bound.Floor(best)))
                {
                    (best, bestScore) = (clique, score);
                }
            }

            left = right;
        }

        return best;
    }

    /// <summary>The cliques that waiting blocks connect with this one. Nothing outside has a say in what is possible inside.</summary>
    private (int First, int End) Component(int clique)
    {
        var (first, end) = (clique, clique + 1);
        while (first > 0 && _crossing[first - 1] > 0)
        {
            first--;
        }

        while (end < _crossing.Length && _crossing[end - 1] > 0)
        {
            end++;
        }

        return (first, end);
    }

    private void ListAnswers(int clique, int floor)
    {
        var start = _answers.Count;
        foreach (var block in _waiting.AsSpan(0, _waitingCount))
        {
            if (_lowest[block] > floor)
            {
                break;
            }

            if (_lowest[block] == floor && floor <= _highest[block] && _model.Contains(block, clique) && !HasTwin(block, start))
            {
                _answers.Add(block);
            }
        }

        CollectionsMarshal.AsSpan(_answers)[start..].Sort(_byPreference);
    }

    private bool HasTwin(int block, int start)
    {
        for (var i = start; i < _answers.Count; i++)
        {
            if (_model.AreAlike(block, _answers[i]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tries the next answer of the last decision that has one left; false when none has.</summary>
    private bool Advance()
    {
        while (_decisions.Count > 0)
        {
            ref var decision = ref CollectionsMarshal.AsSpan(_decisions)[^1];
            Undo(ref decision);
            if (decision.FirstAnswer + decision.Tried < _answers.Count)
            {
                decision.Placed = _answers[decision.FirstAnswer + decision.Tried++];
                Place(decision.Placed, decision.Floor);
                return true;
            }

            if (!decision.TriedGap)
            {
                decision.TriedGap = true;
                if (LeaveGap(decision.Clique, decision.Floor))
                {
                    return true;
                }

                _weight[decision.Clique]++;
            }

            Drop(decision.First, decision.End);
        }

        return false;
    }

    private void Undo(ref SearchDecision decision)
    {
        for (var i = _trail.Count - 1; i >= decision.TrailStart; i--)
        {
            _lowest[_trail[i].Block] = _trail[i].Lowest;
        }

        CollectionsMarshal.SetCount(_trail, decision.TrailStart);
        if (decision.Placed >= 0)
        {
            _isPlaced[decision.Placed] = false;
            _waiting[_waitingCount++] = decision.Placed;
            Count(decision.Placed, 1);
            decision.Placed = -1;
        }
    }

    /// <summary>Takes off the last decision, and those below it in other components: they cannot change what failed here.</summary>
    private void Drop(int first, int end)
    {
        RemoveLast();
        while (_decisions.Count > 0 && (_decisions[^1].End <= first || end <= _decisions[^1].First))
        {
            Undo(ref CollectionsMarshal.AsSpan(_decisions)[^1]);
            RemoveLast();
        }
    }

    private void RemoveLast()
    {
        CollectionsMarshal.SetCount(_answers, _decisions[^1].FirstAnswer);
        _decisions.RemoveAt(_decisions.Count - 1);
    }

    private void Place(int block, int offset)
    {
        (_offset[block], _isPlaced[block]) = (offset, true);
        Count(block, -1);
        var at = _waiting.AsSpan(0, _waitingCount).IndexOf(block);
        _waiting.AsSpan(at + 1, --_waitingCount - at).CopyTo(_waiting.AsSpan(at));
        foreach (var neighbour in _model.Neighbours[block])
        {
            if (!_isPlaced[neighbour])
            {
                Raise(neighbour, offset + _model.Size[block]);
            }
        }
    }

    private void Raise(int block, int offset)
    {
        if (_lowest[block] < offset)
        {
            _trail.Add((block, _lowest[block]));
            _lowest[block] = _model.Settle(block, offset);
        }
    }

    /// <summary>
    /// Nothing lies on the clique's floor. So the block that comes to lie lowest in the clique lies on one that is not in the
    /// clique, and every other one may lie on it. False when that passes the limit.
    /// </summary>
    private bool LeaveGap(int clique, int floor)
    {
        if (floor + _rest[clique] >= _limit[clique])
        {
            return false;
        }

        var (lowest, end, secondEnd, holder) = (int.MaxValue, int.MaxValue, int.MaxValue, -1);
        foreach (var block in _waiting.AsSpan(0, _waitingCount))
        {
            if (_model.Contains(block, clique))
            {
                var offset = _lowest[block] == floor ? LowestSupport(block, clique) : _lowest[block];
                (_afterGap[block], lowest) = (offset, Math.Min(lowest, offset));
                var blockEnd = offset == int.MaxValue ? offset : offset + _model.Size[block];
                (end, secondEnd, holder) = blockEnd < end ? (blockEnd, end, block) : (end, Math.Min(secondEnd, blockEnd), holder);
            }
        }

        return lowest <= _limit[clique] - _rest[clique] && RaiseOffFloor(clique, floor, end, secondEnd, holder);
    }

    /// <summary>The lowest end of a waiting block that this one meets outside of the clique; int.MaxValue when there is none.</summary>
    private int LowestSupport(int block, int clique)
    {
        var lowest = int.MaxValue;
        foreach (var neighbour in _model.Neighbours[block])
        {
            if (!_isPlaced[neighbour] && !_model.Contains(neighbour, clique))
            {
                lowest = Math.Min(lowest, _lowest[neighbour] + _model.Size[neighbour]);
            }
        }

        return lowest;
    }

    private bool RaiseOffFloor(int clique, int floor, int end, int secondEnd, int holder)
    {
        for (var i = 0; i < _waitingCount; i++)
        {
            var block = _waiting[i];
            if (_lowest[block] == floor && _model.Contains(block, clique))
            {
                var offset = Math.Min(_afterGap[block], block == holder ? secondEnd : end);
                if (offset > _highest[block])
                {
                    return false;
                }

                Raise(block, offset);
            }
        }

        return true;
    }
}
