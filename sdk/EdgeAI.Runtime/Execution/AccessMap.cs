namespace EdgeAI.Runtime.Execution;

/// <summary>
/// Which steps last read and wrote each range of the arenas. Ranges are reused by tensors that follow each other, so a step
/// waits not only for who writes what it reads, but also for who still reads or wrote what it overwrites.
/// </summary>
internal sealed class AccessMap
{
    private readonly Plan _plan;

    /// <summary>Accesses per device that no later write covers; the last list is for tensors without a place, by index.</summary>
    private readonly List<Access>[] _accesses;

    public AccessMap(Plan plan)
    {
        _plan = plan;
        _accesses = [.. Enumerable.Range(0, plan.Devices.Length + 1).Select(_ => new List<Access>())];
    }

    /// <summary>Notes what a step touches and gives the earlier steps that it must wait for.</summary>
    public IReadOnlyCollection<int> Add(int step)
    {
        var before = new SortedSet<int>();
        var (reads, writes) = Tensors(_plan.Steps[step]);
        foreach (var tensor in reads)
        {
            Collect(tensor, before, onlyWrites: true);
        }

        foreach (var tensor in writes)
        {
            Collect(tensor, before, onlyWrites: false);
            Forget(tensor);
        }

        Note(reads, step, isWrite: false);
        Note(writes, step, isWrite: true);
        return before;
    }

    private static (IReadOnlyList<int> Reads, IReadOnlyList<int> Writes) Tensors(PlanStep step) => step switch
    {
        RunStep run => (run.Inputs, run.Outputs),
        CopyStep copy => ([copy.From], [copy.To]),
        _ => ([], []),
    };

    private void Collect(int tensor, SortedSet<int> before, bool onlyWrites)
    {
        var (list, start, end) = Place(tensor);
        foreach (var access in list)
        {
            if (access.Start < end && start < access.End && (access.IsWrite || !onlyWrites))
            {
                before.Add(access.Step);
            }
        }
    }

    /// <summary>Whoever waits for the new write waits through it for all that it covers.</summary>
    private void Forget(int tensor)
    {
        var (list, start, end) = Place(tensor);
        list.RemoveAll(access => start <= access.Start && access.End <= end);
    }

    private void Note(IReadOnlyList<int> tensors, int step, bool isWrite)
    {
        foreach (var tensor in tensors)
        {
            var (list, start, end) = Place(tensor);
            list.Add(new Access(start, end, step, isWrite));
        }
    }

    private (List<Access> List, long Start, long End) Place(int index)
    {
        var tensor = _plan.Tensors[index];
        return tensor.IsLate ? (_accesses[^1], index, index + 1) : (_accesses[tensor.Device], tensor.Offset, tensor.Offset + tensor.Spec.ByteCount);
    }

    private readonly record struct Access(long Start, long End, int Step, bool IsWrite);
}
