using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace EdgeAI.Compiler.Memory;

/// <summary>
/// Depth-first search over stackings from the bottom up. Every buffer stands on the buffers below it (or on 0), offsets
/// never fall along a branch, and a branch ends where the floor of some step plus what must still stand there passes the
/// limit. Complete when alignments are equal; stops after a number of nodes.
/// </summary>
internal sealed class ExactPlacement
{
    private const int LargestProblem = 1000;
    private readonly ImmutableArray<BufferRequest> _buffers;
    private readonly int[][] _neighbours;
    private readonly int[] _order;
    private readonly long[] _floor;
    private readonly long[] _offsets;
    private readonly bool[] _placed;
    private readonly int[] _firstStep;
    private readonly int[] _endStep;
    private readonly int[][] _alive;
    private long _limit;
    private int _nodes;

    public ExactPlacement(BufferPlanProblem problem, int[][] neighbours, int nodes)
    {
        (_buffers, _neighbours, _nodes) = (problem.Buffers, neighbours, nodes);
        var count = _buffers.Length;
        (_floor, _offsets, _placed) = (new long[count], new long[count], new bool[count]);
        _order = [.. Enumerable.Range(0, count).OrderByDescending(i => (double)_buffers[i].Size * (_buffers[i].Upper - _buffers[i].Lower)).ThenBy(i => i)];
        var steps = _buffers.Select(buffer => buffer.Lower).Distinct().Order().ToArray();
        _firstStep = [.. _buffers.Select(buffer => Array.BinarySearch(steps, buffer.Lower))];
        _endStep = [.. _buffers.Select(buffer => LowerBound(steps, buffer.Upper))];
        _alive = [.. Enumerable.Range(0, steps.Length).Select(step =>
            Enumerable.Range(0, count).Where(i => _firstStep[i] <= step && step < _endStep[i]).ToArray())];
    }

    /// <summary>A plan no higher than <paramref name="goal"/> if the search finds one, else the plan given.</summary>
    public BufferPlan Improve(BufferPlan plan, long goal)
    {
        if (_buffers.Length > LargestProblem)
        {
            return plan;
        }

        _limit = goal;
        return Search(0, 0) ? new BufferPlan(ImmutableCollectionsMarshal.AsImmutableArray((long[])_offsets.Clone()), Height()) : plan;
    }

    private long Height() => Enumerable.Range(0, _buffers.Length).Max(i => _offsets[i] + _buffers[i].Size);

    private bool Search(int placed, long lowest)
    {
        if (placed == _buffers.Length)
        {
            return true;
        }

        var ceiling = LowestPossibleEnd();
        foreach (var i in _order)
        {
            var offset = Math.Max(_floor[i], BufferPlanner.Align(lowest, _buffers[i].Alignment));
            if (_placed[i] || offset >= ceiling || offset + _buffers[i].Size > _limit)
            {
                continue;
            }

            if (--_nodes < 0)
            {
                return false;
            }

            if (Try(i, offset, placed))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>No buffer may begin at or above this: the one that could end here would have gone below it.</summary>
    private long LowestPossibleEnd()
    {
        var end = long.MaxValue;
        for (var i = 0; i < _buffers.Length; i++)
        {
            end = _placed[i] ? end : Math.Min(end, _floor[i] + Math.Max(_buffers[i].Size, 1));
        }

        return end;
    }

    private bool Try(int i, long offset, int placed)
    {
        var saved = _neighbours[i].Select(j => _floor[j]).ToArray();
        (_placed[i], _offsets[i]) = (true, offset);
        foreach (var j in _neighbours[i])
        {
            _floor[j] = Math.Max(_floor[j], BufferPlanner.Align(offset + _buffers[i].Size, _buffers[j].Alignment));
        }

        if (StillFits(i) && Search(placed + 1, offset))
        {
            return true;
        }

        _placed[i] = false;
        for (var n = 0; n < saved.Length; n++)
        {
            _floor[_neighbours[i][n]] = saved[n];
        }

        return false;
    }

    private bool StillFits(int changed)
    {
        for (var step = _firstStep[changed]; step < _endStep[changed]; step++)
        {
            var (floor, rest) = (long.MaxValue, 0L);
            foreach (var i in _alive[step])
            {
                if (!_placed[i])
                {
                    floor = Math.Min(floor, _floor[i]);
                    rest += _buffers[i].Size;
                }
            }

            if (rest > 0 && floor + rest > _limit)
            {
                return false;
            }
        }

        return true;
    }

    private static int LowerBound(long[] steps, long value)
    {
        var index = Array.BinarySearch(steps, value);
        return index < 0 ? ~index : index;
    }
}
