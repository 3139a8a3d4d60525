namespace EdgeAI.Scheduling.Makespan;

/// <summary>When a link is in use. A copy takes the first gap that is long enough, so it is never later than at the end of the queue.</summary>
internal sealed class LinkTimes
{
    private readonly List<(double Start, double End)> _uses = [];

    /// <summary>Takes the first gap from a time on and returns its start.</summary>
    public double Take(double ready, double length)
    {
        var place = FirstEndingAfter(ready);
        var start = ready;
        while (place < _uses.Count && start + length > _uses[place].Start)
        {
            start = Math.Max(start, _uses[place++].End);
        }

        _uses.Insert(place, (start, start + length));
        return start;
    }

    public void Free(double start, double end)
    {
        var place = FirstEndingAfter(start);
        while (place > 0 && _uses[place - 1].End == start)
        {
            place--;
        }

        _uses.RemoveAt(_uses.IndexOf((start, end), place));
    }

    private int FirstEndingAfter(double time)
    {
        var (low, high) = (0, _uses.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _uses[middle].End <= time ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
