using System.Numerics;
using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Makespan;

/// <summary>
/// The least time from the end of a clean item to the end of the next one, both on given devices, by depth-first branch and
/// bound over all sequences of runs: extend the last run by a higher item, or start another one that begins no earlier.
/// Links are taken as free, so the answer is a bound for serial links, and it is exact where copies do not meet.
/// </summary>
internal sealed class BlockSearch
{
    /// <summary>Items of a block, its sink included, up to which it is searched.</summary>
    public const int MaxItems = 18;

    private readonly DenseProblem _problem;
    private readonly int _devices;
    private readonly double[] _tails = new double[MaxItems * PlacementProblem.MaxDevices];
    private readonly double[] _least = new double[MaxItems];
    private double[] _weights = [];
    private readonly double[] _ends = new double[MaxItems];
    private readonly int[] _placedOn = new int[MaxItems];
    private readonly uint[] _before = new uint[MaxItems];
    private readonly double[] _free = new double[PlacementProblem.MaxDevices];
    private readonly (int Device, uint Items)[] _path = new (int, uint)[MaxItems + 1];
    private readonly List<State>[] _children = [.. Enumerable.Range(0, MaxItems + 1).Select(_ => new List<State>())];
    private readonly List<(int Value, int From, double Made)> _inputs = [];
    private Func<(int Device, uint Items)[], double>? _evaluate;
    private uint _closed;
    private Block _block;
    private int _count;
    private int _sourceDevice;
    private int _sinkDevice;
    private double _sourceEnd;
    private double _best;
    private long _nodesLeft;
    private (int Device, uint Items)[] _bestPath = [];

    public BlockSearch(DenseProblem problem) => (_problem, _devices) = (problem, problem.DeviceCount);

    /// <summary>A run being built: its device, start, end, members, and the least end of all that follows from what is placed.</summary>
    private readonly record struct State(int Device, double Start, double End, uint Members, uint Placed, double Bound, double Rest, int Runs);

    private bool HasSink => _block.Sink < _problem.ItemCount;

    /// <summary>Searches one block.</summary>
    /// <param name="block">The block; its items and sink must not be more than <see cref="MaxItems"/>.</param>
    /// <param name="sourceDevice">The device of the source; any where there is none.</param>
    /// <param name="sinkDevice">The device of the sink; any where there is none.</param>
    /// <param name="nodes">How many steps it may take.</param>
    /// <param name="known">Only answers below this are looked for.</param>
    /// <param name="evaluate">What complete runs really take, if not what they take with free links; then only the value counts.</param>
    public BlockAnswer Solve(Block block, int sourceDevice, int sinkDevice, long nodes, double known = double.PositiveInfinity, Func<(int Device, uint Items)[], double>? evaluate = null)
    {
        _evaluate = evaluate;
        (_block, _sourceDevice, _sinkDevice, _nodesLeft) = (block, sourceDevice, sinkDevice, nodes);
        _count = block.Count + (HasSink ? 1 : 0);
        (_best, _bestPath) = (known, []);
        Prepare();
        var root = Root();
        Visit(root, 0);
        var bound = _nodesLeft > 0 ? _best : Math.Min(_best, root.Bound);
        return new BlockAnswer(bound, _best, _bestPath);
    }

    private void Prepare()
    {
        _weights = BlockBound.Load(_problem, _block, _sinkDevice).Weights;
        for (var local = _count - 1; local >= 0; local--)
        {
            var (item, least) = (_block.First + local, double.PositiveInfinity);
            (_placedOn[local], _before[local]) = (-1, 0);
            foreach (var predecessor in _problem.Predecessors[item])
            {
                _before[local] |= predecessor >= _block.First ? 1u << (predecessor - _block.First) : 0;
            }

            for (var device = 0; device < _devices; device++)
            {
                _tails[(local * _devices) + device] = Tail(item, device);
                least = Math.Min(least, double.IsInfinity(Cost(local, device)) ? double.PositiveInfinity : _weights[device] * Cost(local, device));
            }

            _least[local] = least;
        }

        Array.Clear(_free);
        _sourceEnd = 0;
    }

    /// <summary>The cost of an item on a device; infinite where it must not be, as is the sink everywhere but on its device.</summary>
    private double Cost(int local, int device) =>
        HasSink && local == _block.Count && device != _sinkDevice ? double.PositiveInfinity : _problem.ItemCost(_block.First + local, device);

    private double Tail(int item, int device)
    {
        var tail = 0.0;
        foreach (var value in _problem.ValuesOf[item])
        {
            if (_problem.Producer[value] != item)
            {
                continue;
            }

            tail = Math.Max(tail, !HasSink && _problem.IsOutput[value] ? Hops(value, device, _problem.Host) : 0);
            foreach (var consumer in _problem.Consumers[value])
            {
                tail = consumer <= _block.Sink ? Math.Max(tail, LeastUse(value, device, consumer - _block.First)) : tail;
            }
        }

        return tail;
    }

    private double LeastUse(int value, int source, int local)
    {
        var least = double.PositiveInfinity;
        for (var device = 0; device < _devices; device++)
        {
            var change = device == source ? 0 : Hops(value, source, device) + _problem.Launch[device];
            least = Math.Min(least, change + Cost(local, device) + _tails[(local * _devices) + device]);
        }

        return least;
    }

    private double Hops(int value, int from, int to) => from == to ? 0 : _problem.CopyCost(value, from, 1 << to);

    private State Root()
    {
        var rest = 0.0;
        for (var local = 0; local < _count; local++)
        {
            rest += _least[local];
        }

        var bound = _block.Source >= 0 ? Tail(_block.Source, _sourceDevice) : 0;
        return new State(_block.Source >= 0 ? _sourceDevice : -1, 0, 0, 0, 0, Math.Max(bound, rest * (1 - 1e-12)), rest, _block.Source >= 0 ? 1 : 0);
    }

    private void Visit(in State state, int depth)
    {
        if (--_nodesLeft <= 0 || state.Bound >= _best)
        {
            return;
        }

        if (depth == _count)
        {
            Record(state);
            return;
        }

        Close(state, out var freeBefore, out var sourceEndBefore);
        var children = _children[depth];
        children.Clear();
        for (var local = 0; local < _count; local++)
        {
            if ((state.Placed >> local & 1) == 0 && (_before[local] & ~state.Placed) == 0)
            {
                Expand(state, local, children);
            }
        }

        children.Sort(static (left, right) => left.Bound != right.Bound ? left.Bound.CompareTo(right.Bound) : left.End.CompareTo(right.End));
        foreach (var child in children)
        {
            Enter(state, child, depth);
        }

        Reopen(state, freeBefore, sourceEndBefore);
    }

    /// <summary>What the members made is there at the run's end, unless the run is extended.</summary>
    private void Close(in State state, out double freeBefore, out double sourceEndBefore)
    {
        (freeBefore, sourceEndBefore) = (state.Device < 0 ? 0 : _free[state.Device], _sourceEnd);
        if (state.Device < 0)
        {
            return;
        }

        _free[state.Device] = state.End;
        _path[state.Runs - 1] = (state.Device, state.Members);
        _sourceEnd = state.Runs == 1 && _block.Source >= 0 ? state.End : _sourceEnd;
        for (var left = state.Members; left != 0; left &= left - 1)
        {
            var member = BitOperations.TrailingZeroCount(left);
            (_ends[member], _placedOn[member]) = (state.End, state.Device);
        }
    }

    private void Reopen(in State state, double freeBefore, double sourceEndBefore)
    {
        if (state.Device >= 0)
        {
            (_free[state.Device], _sourceEnd) = (freeBefore, sourceEndBefore);
        }
    }

    private void Enter(in State state, in State next, int depth)
    {
        Visit(next, depth + 1);
        if (next.Runs == state.Runs)
        {
            Restore(state);
        }
    }

    /// <summary>After a visit that extended the run its members and path are as they were.</summary>
    private void Restore(in State state)
    {
        _path[state.Runs - 1] = (state.Device, state.Members);
        for (var left = state.Members; left != 0; left &= left - 1)
        {
            _ends[BitOperations.TrailingZeroCount(left)] = state.End;
        }
    }

    private void Expand(in State state, int local, List<State> children)
    {
        if (state.Device >= 0 && (state.Members >> local) == 0 && !double.IsInfinity(Cost(local, state.Device)))
        {
            _closed = state.Placed & ~state.Members;
            var isSourceRun = state.Runs == 1 && _block.Source >= 0;
            var start = isSourceRun ? state.Start : Math.Max(state.Start, Ready(state.Members | 1u << local, state.Device));
            Add(state, local, state.Device, start, state.End + (start - state.Start), state.Members, state.Runs, children);
        }

        _closed = state.Placed;
        for (var device = 0; device < _devices; device++)
        {
            if (!double.IsInfinity(Cost(local, device)))
            {
                var start = Math.Max(_free[device], Ready(1u << local, device));
                if (start >= state.Start)
                {
                    Add(state, local, device, start, start + _problem.Launch[device], 0, state.Runs + 1, children);
                }
            }
        }
    }

    private void Add(in State state, int local, int device, double start, double end, uint members, int runs, List<State> children)
    {
        end += Cost(local, device);
        var rest = state.Rest - _least[local];
        var busy = _weights[device] * (runs == state.Runs ? end - state.End : end - _free[device]);
        for (var other = 0; other < _devices; other++)
        {
            busy += _weights[other] * _free[other];
        }

        var bound = Math.Max(state.Bound, Math.Max(end + _tails[(local * _devices) + device], (busy + rest) * (1 - 1e-12)));
        if (bound < _best)
        {
            children.Add(new State(device, start, end, members | 1u << local, state.Placed | 1u << local, bound, rest, runs));
        }
    }

    /// <summary>
    /// When everything that a run reads can be on its device: the copies over one link come one after another, and those that an earlier
    /// run has brought are not needed.
    /// </summary>
    private double Ready(uint members, int device)
    {
        _inputs.Clear();
        var ready = 0.0;
        for (var left = members; left != 0; left &= left - 1)
        {
            foreach (var value in _problem.ValuesOf[_block.First + BitOperations.TrailingZeroCount(left)])
            {
                var producer = _problem.Producer[value];
                var isInside = producer >= _block.First && (producer > _block.Sink || (members >> (producer - _block.First) & 1) != 0);
                if (!isInside && producer >= _block.Source && (producer >= 0 || _block.Source < 0))
                {
                    ready = Math.Max(ready, Arrival(value, producer, device));
                }
            }
        }

        return _inputs.Count > 1 ? Math.Max(ready, LinkEnd(device)) : ready;
    }

    private double Arrival(int value, int producer, int device)
    {
        var (source, made) = producer < 0 ? (_problem.Host, 0.0)
            : producer < _block.First ? (_sourceDevice, _sourceEnd) : (_placedOn[producer - _block.First], _ends[producer - _block.First]);
        if (source != device && _problem.Copies.LastHop(source, device).From == source && !IsThere(value, device) && !_inputs.Exists(input => input.Value == value))
        {
            _inputs.Add((value, source, made));
        }

        return made + Hops(value, source, device);
    }

    /// <summary>Whether a run that is closed has read the value on the device.</summary>
    private bool IsThere(int value, int device)
    {
        foreach (var consumer in _problem.Consumers[value])
        {
            var local = consumer - _block.First;
            if (local >= 0 && local < _count && (_closed >> local & 1) != 0 && _placedOn[local] == device)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The least end of copies over each link to a device, in the order in which their values are made.</summary>
    private double LinkEnd(int device)
    {
        _inputs.Sort(static (left, right) => left.Made.CompareTo(right.Made));
        var latest = 0.0;
        for (var source = 0; source < _devices; source++)
        {
            var end = 0.0;
            foreach (var (value, from, made) in _inputs)
            {
                end = from == source ? Math.Max(end, made) + Hops(value, source, device) : end;
            }

            latest = Math.Max(latest, end);
        }

        return latest;
    }

    private void Record(in State state)
    {
        var end = state.End;
        if (!HasSink)
        {
            Close(state, out var freeBefore, out var sourceEndBefore);
            end = FinishAtHost();
            Reopen(state, freeBefore, sourceEndBefore);
        }

        if (end >= _best)
        {
            return;
        }

        var path = _path[..state.Runs];
        path[^1] = (state.Device, state.Members);
        end = _evaluate?.Invoke(path) ?? end;
        (_best, _bestPath) = end < _best ? (end, path) : (_best, _bestPath);
    }

    private double FinishAtHost()
    {
        var end = _sourceEnd + (_block.Source < 0 ? 0 : OutputHops(_block.Source, _sourceDevice));
        for (var local = 0; local < _count; local++)
        {
            end = Math.Max(end, _ends[local] + OutputHops(_block.First + local, _placedOn[local]));
        }

        return end;
    }

    private double OutputHops(int item, int device)
    {
        var longest = 0.0;
        foreach (var value in _problem.ValuesOf[item])
        {
            var isOutput = _problem.Producer[value] == item && _problem.IsOutput[value];
            longest = isOutput ? Math.Max(longest, Hops(value, device, _problem.Host)) : longest;
        }

        return longest;
    }
}

/// <summary>The answer for a block and the devices of its ends.</summary>
/// <param name="Bound">What no schedule undercuts.</param>
/// <param name="Value">What the runs take; equal to the bound where the search ended.</param>
/// <param name="Runs">Device and items (as bits) of each run; the first is the source's where there is a source.</param>
internal sealed record BlockAnswer(double Bound, double Value, (int Device, uint Items)[] Runs);
