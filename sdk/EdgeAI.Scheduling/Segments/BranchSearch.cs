using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Segments;

/// <summary>
/// Solves a <see cref="BranchBlock"/> exactly. An order is a sequence of runs, and an item may be in any run that is not before those that it
/// reads from. So sequences are extended run by run (depth first), each item keeping the least cost at which its reader gets its values on each
/// device; a run that makes none of them cheaper is not worth its launch. The devices to which the source's value is copied are tried in turn.
/// </summary>
internal sealed class BranchSearch
{
    private const int MostRuns = 20;
    private const int MostItems = 64;
    private const int MostNodes = 20_000;

    private readonly DenseProblem _problem;
    private readonly BranchBlock _branches;
    private readonly int _devices;
    private readonly int _width;
    private readonly double[] _launches;
    private readonly double[] _costs;
    private readonly double[] _least;
    private readonly double[] _sums = new double[MostItems + 1];
    private readonly double[] _relaxed;
    private readonly double[] _relaxedWithLaunches;
    private readonly bool[] _isOnPath = new bool[MostItems];
    private int _pathStart;
    private Memory<BranchAnswer> _best;
    private int _copies;
    private double _base;
    private int _sinks;
    private int _nodes;

    public BranchSearch(DenseProblem problem)
    {
        (_problem, _branches, _devices, _width) = (problem, new BranchBlock(problem), problem.DeviceCount, BranchBlock.WidthOf(problem.DeviceCount));
        (_costs, _least) = (new double[MostItems * _width], new double[MostRuns * MostItems * _width]);
        (_relaxed, _relaxedWithLaunches) = (new double[(MostItems + 1) * _width], new double[(MostItems + 1) * _width]);
        _launches = new double[_width * _width];
        for (var pair = 0; pair < _devices * _width; pair++)
        {
            _launches[pair] = pair % _width < _devices && pair / _width != pair % _width ? problem.Launch[pair % _width] : 0;
        }
    }

    /// <summary>The least cost for each device of the source (major) and the sink, at 0 where there is none; null when the block is of another kind or too large.</summary>
    public BranchAnswer[]? Solve(Block block, ReadOnlySpan<byte> allowed)
    {
        if (block.Count > MostItems || !_branches.TryRead(block, allowed))
        {
            return null;
        }

        var answers = new BranchAnswer[_devices * _devices];
        Array.Fill(answers, BranchAnswer.None);
        MarkPath();
        (_nodes, _sinks) = (0, _branches.HasSink ? _devices : 1);
        var (sources, sinks) = (_branches.HasSource ? allowed[block.Source] : -1, _branches.HasSink ? allowed[block.Sink] : -1);
        for (var source = 0; source < _devices; source++)
        {
            if ((sources >> source & 1) != 0)
            {
                _best = answers.AsMemory(_branches.HasSource ? source * _devices : 0, _devices);
                SolveFrom(source, sinks);
            }
        }

        return _nodes < MostNodes ? answers : null;
    }

    /// <summary>Writes the devices of an answer's items and counts its launches.</summary>
    public void Write(Block block, ReadOnlySpan<byte> allowed, BranchAnswer answer, Span<byte> devices, Span<int> launches)
    {
        _branches.TryRead(block, allowed);
        Restrict(answer.Copies);
        for (var run = 0; run < answer.RunCount; run++)
        {
            Extend(run, answer.DeviceOf(run), out _);
            launches[answer.DeviceOf(run)] += run == 0 && _branches.HasSource ? 0 : 1;
        }

        Span<int> runs = stackalloc int[MostItems + 1];
        runs[block.Count] = answer.RunCount - 1;
        for (var local = block.Count - 1; local >= 0; local--)
        {
            var limit = runs[_branches.ReaderOf(local)];
            runs[local] = FirstLeast(local, limit, answer.DeviceOf(limit));
            devices[block.First + local] = (byte)answer.DeviceOf(runs[local]);
        }
    }

    /// <summary>The first run in which an item costs its reader as little as it does up to a run.</summary>
    private int FirstLeast(int local, int limit, int device)
    {
        var run = limit;
        while (run > 0 && _least[LeastAt(run - 1, local) + device] == _least[LeastAt(limit, local) + device])
        {
            run--;
        }

        return run;
    }

    private int LeastAt(int run, int local) => ((run * _branches.Count) + local) * _width;

    private void SolveFrom(int source, int sinkDevices)
    {
        var from = _branches.HasSource ? source : _problem.Host;
        for (var set = 0; set < (_branches.SourceValue < 0 ? 1 : 1 << _devices); set++)
        {
            if (_problem.Copies.Close(from, set) != set)
            {
                continue;
            }

            Relax(source, from, set, sinkDevices);
            if (CanImprove(_base, source))
            {
                Visit(0, source, _base, (ulong)source);
            }
        }
    }

    /// <summary>Bars those who read the source's value from where it is not.</summary>
    private void Restrict(int copies)
    {
        _copies = copies;
        _branches.Costs[..(_branches.Count * _width)].CopyTo(_costs);
        for (var local = 0; local < _branches.Count; local++)
        {
            for (var device = 0; _branches.ReadsSource(local) && device < _devices; device++)
            {
                _costs[(local * _width) + device] = (copies >> device & 1) != 0 ? _costs[(local * _width) + device] : double.PositiveInfinity;
            }
        }
    }

    /// <summary>Marks the items of the longest chain of reads, whose launches every order has.</summary>
    private void MarkPath()
    {
        Span<int> lengths = stackalloc int[MostItems + 1];
        Span<int> before = stackalloc int[MostItems + 1];
        lengths.Clear();
        before.Fill(-1);
        for (var local = 0; local < _branches.Count; local++)
        {
            _isOnPath[local] = false;
            var reader = _branches.ReaderOf(local);
            (lengths[reader], before[reader]) = lengths[local] >= lengths[reader] ? (lengths[local] + 1, local) : (lengths[reader], before[reader]);
        }

        for (var local = before[_branches.Count]; local >= 0; local = before[local])
        {
            (_isOnPath[local], _pathStart) = (true, local);
        }
    }

    /// <summary>What the block costs at least for each device of the sink: without launches, and with those along a path.</summary>
    private void Relax(int source, int from, int set, int sinkDevices)
    {
        var (count, value) = (_branches.Count, _branches.SourceValue);
        var needs = set | (value >= 0 && _problem.IsOutput[value] ? 1 << _problem.Host : 0);
        _base = (_branches.HasSource ? 0 : _problem.Launch[source]) + (value < 0 ? 0 : _problem.CopyCost(value, from, needs));
        Restrict(set | 1 << from);
        _relaxed.AsSpan(0, (count + 1) * _width).Clear();
        _relaxedWithLaunches.AsSpan(0, (count + 1) * _width).Clear();
        for (var device = 0; device < _devices; device++)
        {
            _relaxedWithLaunches[(_pathStart * _width) + device] = _launches[(source * _width) + device];
            var isBarred = (sinkDevices >> device & 1) == 0 || (_branches.ReadsSource(count) && (_copies >> device & 1) == 0);
            _relaxed[(count * _width) + device] = isBarred ? double.PositiveInfinity : 0;
        }

        for (var local = 0; local < count; local++)
        {
            var reader = _branches.ReaderOf(local);
            Arrive(_relaxed, local, reader, hasLaunches: false);
            Arrive(_relaxedWithLaunches, local, reader, _isOnPath[local] && (reader < count || _branches.HasSink));
        }
    }

    /// <summary>Adds to an item's reader what the item costs at least for each device of the reader.</summary>
    private void Arrive(double[] sums, int local, int reader, bool hasLaunches)
    {
        var (row, width) = (local * _width, _width);
        ref var copies = ref MemoryMarshal.GetReference(_branches.Copies);
        for (var lane = 0; lane < width; lane += Vector256<double>.Count)
        {
            var least = Vector256.Create(double.PositiveInfinity);
            for (var from = 0; from < _devices; from++)
            {
                var cost = Vector256.Create(sums[row + from] + _costs[row + from]) + Vector256.LoadUnsafe(ref copies, (nuint)(((row + from) * width) + lane));
                least = Vector256.Min(least, hasLaunches ? cost + Vector256.Create(_launches, (from * width) + lane) : cost);
            }

            (Vector256.Create(sums, (reader * width) + lane) + least).CopyTo(sums, (reader * width) + lane);
        }
    }

    /// <summary>Whether some sink can still cost less, by what has been spent so far and the last run's device.</summary>
    private bool CanImprove(double spent, int device)
    {
        var at = _branches.Count * _width;
        var best = _best.Span;
        for (var sink = 0; sink < _sinks; sink++)
        {
            var launch = _branches.HasSink ? _launches[(device * _width) + sink] : 0;
            if (Math.Max(_relaxed[at + sink] + spent + launch, _relaxedWithLaunches[at + sink] + _base) < best[sink].Cost)
            {
                return true;
            }
        }

        return false;
    }

    private void Visit(int run, int device, double spent, ulong runs)
    {
        var (total, sink) = (Extend(run, device, out var isCheaper) + spent, _branches.HasSink ? device : 0);
        if (total < _best.Span[sink].Cost && _relaxed[(_branches.Count * _width) + sink] < double.PositiveInfinity)
        {
            _best.Span[sink] = new BranchAnswer(total, runs, run + 1, _copies);
        }

        if (++_nodes >= MostNodes || (run > 0 && !isCheaper))
        {
            return;
        }

        if (run + 1 == MostRuns)
        {
            _nodes = MostNodes;
            return;
        }

        for (var next = 0; next < _devices; next++)
        {
            var after = spent + _problem.Launch[next];
            if (next != device && CanImprove(after, next))
            {
                Visit(run + 1, next, after, runs | (ulong)next << (3 * (run + 1)));
            }
        }
    }

    /// <summary>Lets every item be in one more run; returns what the sink's inputs cost in it, infinite if some cannot be.</summary>
    private double Extend(int run, int device, out bool isCheaper)
    {
        var (count, width, isFirst, anyLess) = (_branches.Count, _width, run == 0, Vector256<double>.Zero);
        var (sums, costs) = (_sums, _costs);
        ref var copies = ref MemoryMarshal.GetReference(_branches.Copies);
        ref var before = ref _least[isFirst ? 0 : LeastAt(run - 1, 0)];
        ref var least = ref _least[LeastAt(run, 0)];
        Array.Clear(sums, 0, count + 1);
        for (var local = 0; local < count; local++)
        {
            var (row, sum) = (local * width, Vector256.Create(sums[local] + costs[(local * width) + device]));
            for (var lane = 0; lane < width; lane += Vector256<double>.Count)
            {
                var cost = sum + Vector256.LoadUnsafe(ref copies, (nuint)(((row + device) * width) + lane));
                var known = isFirst ? Vector256.Create(double.PositiveInfinity) : Vector256.LoadUnsafe(ref before, (nuint)(row + lane));
                anyLess |= Vector256.LessThan(cost, known);
                Vector256.Min(known, cost).StoreUnsafe(ref least, (nuint)(row + lane));
            }

            sums[_branches.ReaderOf(local)] += Unsafe.Add(ref least, row + device);
        }

        isCheaper = anyLess != Vector256<double>.Zero;
        return sums[count];
    }
}
