using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Makespan;

/// <summary>
/// Plays a sequence of runs: devices and links are serial, a device takes its runs in the order of the sequence, and a copy, asked for in
/// that order too, takes the first gap of its link after its value is there. It is a stack, so that a changed sequence is played from
/// the change on only.
/// </summary>
internal sealed class ScheduleClock
{
    private readonly DenseProblem _problem;
    private readonly int _devices;
    private readonly int[] _runOf;
    private readonly double[] _arrivals;
    private readonly List<double> _ends = [];
    private readonly List<double> _starts = [];
    private readonly List<Run> _runs = [];
    private readonly List<(int Value, int From, int To, double Start, double End)> _copies = [];
    private readonly List<int> _copyCounts = [];
    private readonly LinkTimes[] _links;
    private readonly List<int> _values = [];
    private readonly bool _outputsLast;
    private double[] _free;

    /// <param name="problem">The problem.</param>
    /// <param name="outputsLast">Whether outputs come to the host in what other copies leave, see <see cref="Complete"/>; else as soon as they are made.</param>
    public ScheduleClock(DenseProblem problem, bool outputsLast = false)
    {
        (_problem, _devices, _outputsLast) = (problem, problem.DeviceCount, outputsLast);
        _links = [.. Enumerable.Range(0, _devices * _devices).Select(_ => new LinkTimes())];
        (_runOf, _arrivals) = (new int[problem.ItemCount], new double[problem.ValueCount * _devices]);
        Array.Fill(_runOf, -1);
        Array.Fill(_arrivals, double.NaN);
        _free = new double[Width];
    }

    public int Count => _runs.Count;

    public IReadOnlyList<Run> Runs => _runs;

    public IReadOnlyList<(int Value, int From, int To, double Start, double End)> Copies => _copies;

    /// <summary>The end of the last run or copy so far.</summary>
    public double Finish => _free[(Count * Width) + Width - 1];

    /// <summary>Clocks of devices, then the latest end.</summary>
    private int Width => _devices + 1;

    public double StartOf(int run) => _starts[run];

    public double EndOf(int run) => _ends[run];

    /// <summary>Forgets all runs but the first ones.</summary>
    public void Rewind(int count)
    {
        for (; _runs.Count > count; _runs.RemoveAt(_runs.Count - 1))
        {
            foreach (var item in _runs[^1].Items)
            {
                _runOf[item] = -1;
            }
        }

        var copies = count == 0 ? 0 : _copyCounts[count - 1];
        for (var copy = copies; copy < _copies.Count; copy++)
        {
            var (value, from, to, start, end) = _copies[copy];
            _arrivals[(value * _devices) + to] = double.NaN;
            _links[(from * _devices) + to].Free(start, end);
        }

        _copies.RemoveRange(copies, _copies.Count - copies);
        _copyCounts.RemoveRange(count, _copyCounts.Count - count);
        _ends.RemoveRange(count, _ends.Count - count);
        _starts.RemoveRange(count, _starts.Count - count);
    }

    /// <summary>Plays one more run and returns its end; infinite, and not played, if something it reads is not made before it.</summary>
    public double Push(Run run)
    {
        if (!IsReady(run))
        {
            return double.PositiveInfinity;
        }

        var row = OpenRow();
        var start = Math.Max(_free[row + run.Device], BringInputs(run, row));
        var end = start + _problem.Launch[run.Device];
        foreach (var item in run.Items)
        {
            end += _problem.ItemCost(item, run.Device);
        }

        _free[row + run.Device] = end;
        _runs.Add(run);
        _starts.Add(start);
        _ends.Add(end);
        SendOutputs(run, row);
        _free[row + Width - 1] = Math.Max(_free[row + Width - 1], end);
        _copyCounts.Add(_copies.Count);
        return end;
    }

    private bool IsReady(Run run)
    {
        foreach (var item in run.Items)
        {
            foreach (var before in _problem.Predecessors[item])
            {
                if (_runOf[before] < 0)
                {
                    foreach (var own in run.Items)
                    {
                        _runOf[own] = -1;
                    }

                    return false;
                }
            }

            _runOf[item] = Count;
        }

        return true;
    }

    private int OpenRow()
    {
        var row = (Count + 1) * Width;
        if (_free.Length < row + Width)
        {
            Array.Resize(ref _free, 2 * (row + Width));
        }

        Array.Copy(_free, row - Width, _free, row, Width);
        return row;
    }

    private double BringInputs(Run run, int row)
    {
        Gather(run, Count, outputs: false);
        var ready = 0.0;
        foreach (var value in _values)
        {
            ready = Math.Max(ready, Deliver(value, run.Device, row));
        }

        return ready;
    }

    private void SendOutputs(Run run, int row)
    {
        if (_outputsLast)
        {
            return;
        }

        Gather(run, Count - 1, outputs: true);
        foreach (var value in _values)
        {
            Deliver(value, _problem.Host, row);
        }
    }

    /// <summary>What a run reads from outside, or the model's outputs that it makes, in their order whatever that of the items.</summary>
    private void Gather(Run run, int index, bool outputs)
    {
        _values.Clear();
        foreach (var item in run.Items)
        {
            foreach (var value in _problem.ValuesOf[item])
            {
                var isMade = _problem.Producer[value] >= 0 && _runOf[_problem.Producer[value]] == index;
                if (outputs ? isMade && _problem.IsOutput[value] : !isMade)
                {
                    _values.Add(value);
                }
            }
        }

        if (run.Items.Length > 1)
        {
            _values.Sort();
        }
    }

    /// <summary>After the last run: brings the outputs that are not on the host yet, those made first first.</summary>
    public void Complete()
    {
        var outputs = Enumerable.Range(0, _problem.ValueCount).Where(value => _problem.IsOutput[value] && _problem.Producer[value] >= 0);
        foreach (var value in outputs.OrderBy(value => _ends[_runOf[_problem.Producer[value]]]))
        {
            Deliver(value, _problem.Host, Count * Width);
        }
    }

    /// <summary>When a value is on a device; the copy is made now if it has not been.</summary>
    private double Deliver(int value, int device, int row)
    {
        var producer = _problem.Producer[value];
        var (source, made) = producer < 0 ? (_problem.Host, 0.0) : (_runs[_runOf[producer]].Device, _ends[_runOf[producer]]);
        if (source == device)
        {
            return made;
        }

        ref var arrival = ref _arrivals[(value * _devices) + device];
        if (double.IsNaN(arrival))
        {
            var from = _problem.Copies.LastHop(source, device).From;
            var ready = from == source ? made : Deliver(value, from, row);
            var cost = _problem.CopyCost(value, from, 1 << device);
            var start = _links[(from * _devices) + device].Take(ready, cost);
            arrival = start + cost;
            _copies.Add((value, from, device, start, arrival));
            _free[row + Width - 1] = Math.Max(_free[row + Width - 1], arrival);
        }

        return arrival;
    }
}
