namespace EdgeAI.Runtime.Execution;

/// <summary>
/// The queues of all lanes: steps of any number of frames whose inputs are ready. The oldest frame goes first, and within it the
/// plan's order. Allocates nothing once it has seen its largest number of ready steps. Not thread-safe.
/// </summary>
internal sealed class StepQueue(StepGraph graph)
{
    private readonly List<ReadyStep> _ready = [];
    private readonly bool[] _isBusy = new bool[graph.LaneNames.Length];
    private readonly double[] _freeAt = new double[graph.LaneNames.Length];
    private long _frames;

    /// <summary>Lets a frame in at a time; it must have been started never or have ended.</summary>
    public void Add(FrameProgress frame, double at)
    {
        frame.Start(_frames++, at);
        foreach (var step in graph.Roots)
        {
            _ready.Add(new ReadyStep(frame, step, at));
        }
    }

    /// <summary>Lets no further step of a frame start.</summary>
    public void Stop(FrameProgress frame)
    {
        frame.IsStopped = true;
        for (var i = _ready.Count - 1; i >= 0; i--)
        {
            if (ReferenceEquals(_ready[i].Frame, frame))
            {
                RemoveAt(i);
            }
        }
    }

    /// <summary>Takes the first step whose lane is free.</summary>
    /// <param name="only">Whose steps may be taken; null for anybody's.</param>
    /// <param name="taken">The step; <see cref="End"/> gives its lane back.</param>
    public bool TryTake(FrameProgress? only, out ReadyStep taken)
    {
        var best = -1;
        for (var i = 0; i < _ready.Count; i++)
        {
            if (!_isBusy[Lane(i)] && (only is null || ReferenceEquals(_ready[i].Frame, only)) && (best < 0 || IsBefore(_ready[i], _ready[best])))
            {
                best = i;
            }
        }

        return Take(best, out taken);
    }

    /// <summary>Takes the step that starts first in counted time: when it is ready and its lane is free. No later one can come before it.</summary>
    public bool TryTakeEarliest(out ReadyStep taken, out double start)
    {
        var best = -1;
        start = 0;
        for (var i = 0; i < _ready.Count; i++)
        {
            var mine = Math.Max(_ready[i].ReadyAt, _freeAt[Lane(i)]);
            if (best < 0 || mine < start || (mine == start && IsBefore(_ready[i], _ready[best])))
            {
                (best, start) = (i, mine);
            }
        }

        return Take(best, out taken);
    }

    /// <summary>Notes that a taken step ended: its lane is free, and who waited for it may be ready.</summary>
    public void End(in ReadyStep step, double at)
    {
        var lane = graph.Lanes[step.Step];
        (_isBusy[lane], _freeAt[lane]) = (false, at);
        step.Frame.End(at);
        foreach (var next in graph.Successors[step.Step])
        {
            if (step.Frame.Release(next, at) && !step.Frame.IsStopped)
            {
                _ready.Add(new ReadyStep(step.Frame, next, step.Frame.ReadyAt(next)));
            }
        }
    }

    /// <summary>How many steps could be taken now, each on a lane of its own.</summary>
    public int CountTakeable()
    {
        Span<bool> seen = stackalloc bool[_isBusy.Length];
        var count = 0;
        for (var i = 0; i < _ready.Count; i++)
        {
            if (!_isBusy[Lane(i)] && !seen[Lane(i)])
            {
                seen[Lane(i)] = true;
                count++;
            }
        }

        return count;
    }

    private static bool IsBefore(in ReadyStep left, in ReadyStep right) =>
        left.Frame.Number < right.Frame.Number || (left.Frame.Number == right.Frame.Number && left.Step < right.Step);

    private int Lane(int index) => graph.Lanes[_ready[index].Step];

    private bool Take(int index, out ReadyStep taken)
    {
        taken = index >= 0 ? _ready[index] : default;
        if (index < 0)
        {
            return false;
        }

        _isBusy[Lane(index)] = true;
        RemoveAt(index);
        taken.Frame.Running++;
        return true;
    }

    private void RemoveAt(int index)
    {
        _ready[index] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
    }
}
