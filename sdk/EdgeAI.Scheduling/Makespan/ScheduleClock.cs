using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Makespan;

/// <summary>
/// Plays a sequence of runs: devices and links are serial, each takes its work in the order of the sequence, and a copy starts
/// as soon as value and link are there. It is a stack, so that a changed sequence is played from the change on only.
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
    private double[] _free;

    public ScheduleClock(DenseProblem problem)
    {
        (_problem, _devices) = (problem, problem.DeviceCount);
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

    /// <summary>Clocks of devices, then of links, then the latest end.</summary>
    private int Width => _devices + (_devices * _devices) + 1;

    public double StartOf(int run) => _starts[run];

    public double EndOf(int run) => _ends[run];

    public double FinishAfter(int runs) => _free[(runs * Width) + Width - 1];

    public double FreeAt(int device) => _free[(Count * Width) + device];

    /// <summary>The run that holds an item; -1 before it is pushed.</summary>
    public int RunOf(int item) => _runOf[item];

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
            _arrivals[(_copies[copy].Value * _devices) + _copies[copy].To] = double.NaN;
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
        var ready = 0.0;
        foreach (var item in run.Items)
        {
            foreach (var value in _problem.ValuesOf[item])
            {
                var producer = _problem.Producer[value];
                if (producer < 0 || _runOf[producer] != Count)
                {
                    ready = Math.Max(ready, Deliver(value, run.Device, row));
                }
            }
        }

        return ready;
    }

    private void SendOutputs(Run run, int row)
    {
        foreach (var item in run.Items)
        {
            foreach (var value in _problem.ValuesOf[item])
            {
                if (_problem.Producer[value] == item && _problem.IsOutput[value])
                {
                    Deliver(value, _problem.Host, row);
                }
            }
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
            ref var link = ref _free[row + _devices + (from * _devices) + device];
            var start = Math.Max(ready, link);
            arrival = link = start + _problem.CopyCost(value, from, 1 << device);
            _copies.Add((value, from, device, start, arrival));
            _free[row + Width - 1] = Math.Max(_free[row + Width - 1], arrival);
        }

        return arrival;
    }
}
