using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Makespan;

/// <summary>
/// Local search on a sequence of runs: a run or one of its items moves to another device, a run is split, joined to the one before
/// it on its device, or swapped with its neighbor. Sweeps go from the end to the beginning, so that each trial plays the
/// changed rest only, and a trial ends as soon as it cannot win.
/// </summary>
internal sealed class RunImprover
{
    private const double Least = 1e-12;

    /// <summary>When exploring: runs disturbed at once, how near to each other, and how much later it may end before it is improved.</summary>
    private const int MostDisturbed = 3;
    private const int Near = 3;
    private const double Hopeless = 1.02;

    private readonly DenseProblem _problem;
    private readonly PathBounds _paths;
    private readonly CancellationToken _cancellation;
    private readonly ScheduleClock _clock;
    private readonly List<Run> _runs;
    private long _stepsLeft;

    private RunImprover(DenseProblem problem, PathBounds paths, List<Run> runs, long steps, CancellationToken cancellation)
    {
        (_problem, _paths, _runs, _stepsLeft, _cancellation) = (problem, paths, runs, steps, cancellation);
        _clock = new ScheduleClock(problem);
        Play(0, double.PositiveInfinity);
        Value = _clock.Finish;
    }

    /// <summary>The makespan so far.</summary>
    public double Value { get; private set; }

    /// <summary>Improves a sequence until no move helps, the bound is met or the steps are used up.</summary>
    public static (List<Run> Runs, double Value) Improve(DenseProblem problem, PathBounds paths, List<Run> runs, double bound, long steps, CancellationToken cancellation)
    {
        var search = new RunImprover(problem, paths, runs, steps, cancellation);
        while (search.Value > bound && search._stepsLeft > 0 && search.Sweep())
        {
            cancellation.ThrowIfCancellationRequested();
        }

        return (search._runs, search.Value);
    }

    /// <summary>Disturbs a few runs at a random place (seeded), improves what is near, and keeps that if it ends no later; again and again.</summary>
    public static (List<Run> Runs, double Value) Explore(DenseProblem problem, PathBounds paths, List<Run> runs, double bound, long steps, CancellationToken cancellation)
    {
        var (search, random) = (new RunImprover(problem, paths, runs, steps, cancellation), new SplitMix(1));
        while (search.Value > bound && search._stepsLeft > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            search.Disturb(random);
        }

        return (search._runs, search.Value);
    }

    private void Disturb(SplitMix random)
    {
        var (kept, value) = (_runs.ToArray(), Value);
        var place = random.Next(_runs.Count);
        for (var moved = random.Next(MostDisturbed); moved >= 0; moved--)
        {
            MoveAny(Math.Clamp(place + random.Next(2 * Near) - Near, 0, _runs.Count - 1), random);
        }

        _clock.Rewind(0);
        Value = Play(0, double.PositiveInfinity) ? _clock.Finish : double.PositiveInfinity;
        while (double.IsFinite(Value) && Value < value * Hopeless && _stepsLeft > 0 && Sweep(Math.Min(place + (2 * Near), _runs.Count - 1), Math.Max(place - (2 * Near), 0)))
        {
        }

        if (Value > value)
        {
            _clock.Rewind(0);
            _runs.Clear();
            _runs.AddRange(kept);
            Value = value;
        }
    }

    /// <summary>Puts a run, or one of its items before or after the rest of it, on any device.</summary>
    private void MoveAny(int place, SplitMix random)
    {
        var (run, device) = (_runs[place], (byte)random.Next(_problem.DeviceCount));
        var item = run.Items[random.Next(run.Items.Length)];
        if (random.Next(2) == 0 && Takes(run.Items, device))
        {
            _runs[place] = run with { Device = device };
        }
        else if (run.Items.Length > 1 && Takes([item], device))
        {
            var rest = run with { Items = Array.FindAll(run.Items, other => other != item) };
            var single = new Run(device, [item]);
            Replace(place, 1, random.Next(2) == 0 ? [single, rest] : [rest, single]);
        }
    }

    private bool Sweep() => Sweep(_runs.Count - 1, 0);

    private bool Sweep(int last, int first)
    {
        var before = Value;
        for (var place = last; place >= first && _stepsLeft > 0; place--)
        {
            _cancellation.ThrowIfCancellationRequested();
            if (place < _runs.Count)
            {
                TryAt(place);
            }
        }

        return Value < before * (1 - Least);
    }

    /// <summary>The first move that helps ends the turn: the places of the others have changed.</summary>
    private bool TryAt(int place) =>
        TryJoin(place) || TryMove(place) || TryItems(place) || TrySplits(place)
        || (place + 1 < _runs.Count && Try(place, 2, [_runs[place + 1], _runs[place]]));

    private bool TryMove(int place)
    {
        var run = _runs[place];
        for (byte device = 0; device < _problem.DeviceCount; device++)
        {
            if (device != run.Device && Takes(run.Items, device) && (Try(place, 1, [run with { Device = device }]) || TryInto(place, device)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Moves a run into a neighbor on another device, before or after it in the sequence.</summary>
    private bool TryInto(int place, byte device)
    {
        var run = _runs[place];
        return (place > 0 && _runs[place - 1].Device == device && Try(place - 1, 2, [new Run(device, [.. _runs[place - 1].Items, .. run.Items])]))
            || (place + 1 < _runs.Count && _runs[place + 1].Device == device && Try(place, 2, [new Run(device, [.. run.Items, .. _runs[place + 1].Items])]));
    }

    private bool TryItems(int place)
    {
        var run = _runs[place];
        foreach (var item in run.Items.Length > 1 ? run.Items : [])
        {
            var rest = run with { Items = Array.FindAll(run.Items, other => other != item) };
            for (byte device = 0; device < _problem.DeviceCount; device++)
            {
                if (device != run.Device && Takes([item], device)
                    && (Try(place, 1, [new Run(device, [item]), rest]) || Try(place, 1, [rest, new Run(device, [item])])))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool TrySplits(int place)
    {
        var run = _runs[place];
        for (var cut = run.Items.Length - 1; cut > 0; cut--)
        {
            var (head, tail) = (run with { Items = run.Items[..cut] }, run with { Items = run.Items[cut..] });
            if (Try(place, 1, [head, tail]) || TrySplitMoves(place, head, tail))
            {
                return true;
            }
        }

        return false;
    }

    private bool TrySplitMoves(int place, Run head, Run tail)
    {
        for (byte device = 0; device < _problem.DeviceCount; device++)
        {
            if (device != head.Device
                && ((Takes(head.Items, device) && Try(place, 1, [head with { Device = device }, tail])) || (Takes(tail.Items, device) && Try(place, 1, [head, tail with { Device = device }]))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Joins a run to the nearest run before it on its device, in the place of either.</summary>
    private bool TryJoin(int place)
    {
        var (run, before) = (_runs[place], place - 1);
        while (before >= 0 && _runs[before].Device != run.Device)
        {
            before--;
        }

        if (before < 0)
        {
            return false;
        }

        var joined = new Run(run.Device, [.. _runs[before].Items, .. run.Items]);
        var between = _runs.GetRange(before + 1, place - before - 1);
        return Try(before, place - before + 1, [joined, .. between])
            || (between.Count > 0 && Try(before, place - before + 1, [.. between, joined]));
    }

    private bool Takes(int[] items, int device) => Array.TrueForAll(items, item => (_problem.Allowed[item] >> device & 1) != 0);

    /// <summary>Replaces some runs by others if that ends sooner, or as soon with fewer runs.</summary>
    private bool Try(int place, int count, Run[] others)
    {
        _cancellation.ThrowIfCancellationRequested();
        if (_stepsLeft <= 0)
        {
            return false;
        }

        if (_clock.Count < place)
        {
            Play(_clock.Count, double.PositiveInfinity);
        }

        var old = _runs.GetRange(place, count);
        _clock.Rewind(place);
        Replace(place, count, others);
        var limit = others.Length < count ? Value : Value * (1 - Least);
        if (Play(place, limit) && (_clock.Finish < limit || (others.Length < count && _clock.Finish <= Value)))
        {
            Value = _clock.Finish;
            return true;
        }

        _clock.Rewind(place);
        Replace(place, others.Length, old);
        return false;
    }

    private void Replace(int place, int count, IReadOnlyList<Run> others)
    {
        _runs.RemoveRange(place, count);
        _runs.InsertRange(place, others);
    }

    /// <summary>Plays the sequence from a place on; false as soon as it must end after the limit or is out of order.</summary>
    private bool Play(int place, double limit)
    {
        for (; place < _runs.Count; place++)
        {
            var end = _clock.Push(_runs[place]);
            _stepsLeft -= 1 + _runs[place].Items.Length;
            if (double.IsInfinity(end) || end + _paths.Tail(_runs[place].Items[^1], _runs[place].Device) > limit || _clock.Finish > limit)
            {
                return false;
            }
        }

        return true;
    }
}
